package org.everbearer.containers;

import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A container that runs as a process of its own, and what can be seen of it from outside. */
final class ContainerProcess implements AutoCloseable {
  private static final Pattern OUR_THREAD = Pattern.compile("^\"everbearer-", Pattern.MULTILINE);

  private final Kind kind;
  private final Path base;
  private final int port;
  private final Process process;

  private ContainerProcess(Kind kind, Path base, int port, Process process) {
    this.kind = kind;
    this.base = base;
    this.port = port;
    this.process = process;
  }

  /** @param settings further environment variables, such as where the tokens are stored */
  static ContainerProcess start(Path home, Path base, List<Row> rows, Runner runner, Map<String, String> settings)
      throws Exception {
    Kind kind = rows.get(0).kind();
    int port = Ports.free();
    ProcessBuilder builder = kind.command(home, base, rows, port).directory(base.toFile());
    JsonObject first = runner.newFamily();
    builder.environment().putAll(Map.of(
        "JAVA_HOME", System.getProperty("java.home"),
        "JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "CHAT_API_BASE_URL", runner.standIn().toString(),
        "AUTH_BASE_URL", runner.standIn().toString(),
        "AUTH_ACCESS_TOKEN", first.get("accessToken").getAsString(),
        "AUTH_REFRESH_TOKEN", first.get("refreshToken").getAsString(),
        "EVERBEARER_SAMPLE_CHAT_PROXY_REFRESH_MARGIN", "300ms"));
    builder.environment().putAll(settings);
    builder.redirectErrorStream(true).redirectOutput(
        ProcessBuilder.Redirect.appendTo(base.resolve("output.log").toFile()));
    ContainerProcess started = new ContainerProcess(kind, base, port, builder.start());
    Files.createDirectories(kind.deployments(base));
    return started;
  }

  /** As users do: the file appears in the deploy directory. */
  Visitor deploy(Path war, String name, String environment) throws IOException {
    Path directory = kind.deployments(base);
    if (!environment.isEmpty()) {
      Files.writeString(directory.resolve(name + ".properties"), "environment=" + environment + "\n");
    }
    Path complete = Files.copy(war, base.resolve(name + ".copy"), StandardCopyOption.REPLACE_EXISTING);
    Files.move(complete, directory.resolve(name + ".war"), StandardCopyOption.ATOMIC_MOVE);
    return visitor(name);
  }

  Visitor visitor(String name) {
    return new Visitor(uri(name + "/").toString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + "/" + path);
  }

  void undeploy(String name) throws IOException {
    Files.deleteIfExists(kind.deployments(base).resolve(name + ".war"));
    Files.deleteIfExists(kind.deployments(base).resolve(name + ".properties"));
  }

  /** How many class loaders have loaded the library, those included that only wait for the collector. */
  long loadedTimes() throws Exception {
    jcmd("GC.run");
    return jcmd("VM.class_hierarchy", "org.everbearer.servlet.BearerTokens").lines()
        .filter(line -> line.contains("org.everbearer.servlet.BearerTokens")).count();
  }

  boolean hasOurThreads() throws Exception {
    return OUR_THREAD.matcher(jcmd("Thread.print")).find();
  }

  /** Everything that the container has written, on its console and into its logs. */
  String log() throws IOException {
    StringBuilder all = new StringBuilder(Files.readString(base.resolve("output.log")));
    for (String directory : List.of("logs", "log")) {
      if (!Files.isDirectory(base.resolve(directory))) continue;
      try (Stream<Path> files = Files.list(base.resolve(directory))) {
        for (Path file : (Iterable<Path>) files::iterator) all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  /** Who is being waited for. */
  private String threads() {
    try {
      return jcmd("Thread.print");
    } catch (Exception e) {
      return "no thread dump: " + e;
    }
  }

  private String jcmd(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(java().pid())));
    command.addAll(List.of(arguments));
    File output = File.createTempFile("jcmd", ".txt", base.toFile());
    Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    int status = jcmd.waitFor();
    String text = Files.readString(output.toPath());
    if (status != 0) throw new IOException(command + ": " + text);
    return text;
  }

  /** The JVM: the process itself, or the child of the script that started it. */
  private ProcessHandle java() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .filter(each -> each.info().command().orElse("").endsWith("/java")).findFirst()
        .orElseThrow(() -> new IllegalStateException("the container has ended"));
  }

  /** @return the seconds it took */
  double stop() throws Exception {
    long begin = System.nanoTime();
    ProcessHandle java = java();
    process.destroy();
    try {
      java.onExit().get(5, TimeUnit.SECONDS);
    } catch (TimeoutException slow) {
      Files.writeString(base.resolve("output.log"), threads(), StandardOpenOption.APPEND);
    }
    java.onExit().get(60, TimeUnit.SECONDS);
    process.onExit().get(60, TimeUnit.SECONDS);
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
