package org.everbearer.runner;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** The built JAR as a process of its own; output and temporary files go to a directory that the test names. */
final class RunnerProcess implements AutoCloseable {
  private static final Pattern OPEN = Pattern.compile("Open (http://\\S+)\\R");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path directory;

  private RunnerProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  static RunnerProcess start(Path directory, String... options) throws IOException {
    return start(directory, Map.of(), options);
  }

  static RunnerProcess start(Path directory, Map<String, String> environment, String... options) throws IOException {
    List<String> command = command(directory, options);
    return start(directory, environment, command);
  }

  static RunnerProcess start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Files.createDirectories(directory.resolve("tmp"));
    ProcessBuilder builder = new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("(AUTH|CHAT|EVERBEARER)_.*"));
    builder.environment().keySet().removeIf(name -> name.endsWith("JAVA_OPTIONS") || name.startsWith("JDK_JAVA"));
    builder.environment().putAll(environment);
    return new RunnerProcess(builder.start(), directory);
  }

  static List<String> command(Path directory, String... options) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djava.io.tmpdir=" + directory.resolve("tmp"), "-jar", System.getProperty("runner.jar")));
    command.addAll(List.of(options));
    return command;
  }

  /** Waits until the runner says what to open. */
  URI awaitUri() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Matcher matcher = OPEN.matcher(out());
      if (matcher.find()) return URI.create(matcher.group(1));
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) break;
    }
    throw new AssertionError("no URL; out: " + out() + " err: " + err());
  }

  int awaitExit() throws Exception {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "still running");
    return process.exitValue();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  Process process() {
    return process;
  }

  String out() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  String err() throws IOException {
    return Files.readString(directory.resolve("err"));
  }

  List<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("tmp"))) {
      // The JVM's own, which outlives it when it is killed.
      return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("hsperfdata")).toList();
    }
  }

  static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
