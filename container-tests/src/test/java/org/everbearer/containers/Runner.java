package org.everbearer.containers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.TokenPair;

/** {@code java -jar jetty-runner.jar} as a process of its own: the sample in Jetty, and the stand-in server to it. */
final class Runner implements AutoCloseable {
  private static final Pattern OPEN = Pattern.compile("Open (http://\\S+)");
  private static final Pattern STAND_IN = Pattern.compile("stand-in\\s+(http://\\S+) ");

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<URI> sample = new CompletableFuture<>();
  private final CompletableFuture<URI> standIn = new CompletableFuture<>();

  static Runner start(String... arguments) throws IOException {
    return new Runner(process(List.of(), Map.of(), arguments));
  }

  /**
   * With a stand-in server of the test's own: the runner would refuse to override anything beside one of its own.
   *
   * @param authBaseUrl where the sample refreshes, if not straight at the server
   * @param javaOptions for the JVM, such as system properties
   */
  static Runner startBeside(StandIn server, URI authBaseUrl, List<String> javaOptions) throws IOException {
    TokenPair first = server.newFamily("user_demo", "org_demo");
    Map<String, String> settings = Map.of("CHAT_API_BASE_URL", server.baseUri().toString(),
        "AUTH_BASE_URL", authBaseUrl.toString(),
        "AUTH_ACCESS_TOKEN", first.accessToken(), "AUTH_REFRESH_TOKEN", first.refreshToken());
    Runner runner = new Runner(process(javaOptions, settings, "--port", "0", "--no-stand-in"));
    runner.standIn.complete(server.baseUri());
    return runner;
  }

  private static Process process(List<String> javaOptions, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.addAll(List.of("-jar", System.getProperty("runner.jar")));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(AUTH|CHAT|EVERBEARER)_.*"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Runner(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "runner-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        found(OPEN, line, sample);
        found(STAND_IN, line, standIn);
      }
    } catch (IOException e) {
      output.add("reading ended: " + e);
    }
    IllegalStateException ended = new IllegalStateException("the runner ended: " + String.join("\n", output));
    sample.completeExceptionally(ended);
    standIn.completeExceptionally(ended);
  }

  private static void found(Pattern pattern, String line, CompletableFuture<URI> place) {
    Matcher matcher = pattern.matcher(line);
    if (matcher.find()) place.complete(URI.create(matcher.group(1)));
  }

  URI sample() throws Exception {
    return sample.get(2, TimeUnit.MINUTES);
  }

  URI standIn() throws Exception {
    return standIn.get(2, TimeUnit.MINUTES);
  }

  /** What the stand-in server has counted. */
  JsonObject stats() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(standIn().resolve("/stand-in/stats")).build();
    return json(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  /** The first pair of one more family. */
  JsonObject newFamily() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(standIn().resolve("/stand-in/new-family"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"organizationId\":\"org_demo\"}"))
        .build();
    return json(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  long pid() {
    return process.pid();
  }

  /** Has the stand-in server do what one of its buttons does. */
  void control(String action, String json) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(standIn().resolve("/stand-in/" + action))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)).build();
    json(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  String output() {
    return String.join("\n", output);
  }

  private static JsonObject json(HttpResponse<String> response) {
    if (response.statusCode() != 200) throw new IllegalStateException(response + ": " + response.body());
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      process.destroyForcibly();
      throw new IllegalStateException("the runner does not stop: " + output(), e);
    }
  }
}
