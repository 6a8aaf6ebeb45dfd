package org.everbearer.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.everbearer.runner.standin.TokenPair;

/** One process of {@link NodeMain}, and what it says. */
final class Node {
  final NodeLog log;
  private final Process process;
  private final Thread reader;

  private Node(NodeLog log, Process process, BiConsumer<Node, String> onLine) {
    this.log = log;
    this.process = process;
    this.reader = new Thread(() -> read(onLine), "output of " + log.name);
    reader.setDaemon(true);
    reader.start();
  }

  /** @param onLine hears what the process says, from the thread that reads it */
  static Node start(NodeLog log, NodeSettings settings, TokenPair first,
      BiConsumer<Node, String> onLine) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Started often and killed soon: what pays off later is left out.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx64m",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classPath(), NodeMain.class.getName()));
    command.addAll(settings.arguments());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    OutputStream in = process.getOutputStream();
    String accessToken = first.accessToken() == null ? "" : first.accessToken();
    in.write((accessToken + "\n" + first.refreshToken() + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
    return new Node(log, process, onLine);
  }

  /** Under Maven the class path of the tests is that of a manifest, unless this property says it. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private void read(BiConsumer<Node, String> onLine) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        onLine.accept(this, line);
      }
    } catch (IOException e) {
      log.notes.add(log.name + " output ends: " + e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}, and waits until everything that was said is read. */
  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) throw new IllegalStateException(log.name + " survives kill -9");
    log.endedAt = System.currentTimeMillis();
    reader.join(Duration.ofSeconds(30).toMillis());
  }
}
