package org.everbearer.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A chat API and identity server in one, whose answer to each message a test decides. */
final class Upstream implements AutoCloseable {
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final List<String> chatBodies = new CopyOnWriteArrayList<>();
  final List<String> controls = new CopyOnWriteArrayList<>();
  final AtomicInteger refreshes = new AtomicInteger();
  private final Map<String, HttpHandler> answers = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  volatile boolean identityServerIsDown;
  volatile String lastAuthorization;

  Upstream() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/sessions", guarded(exchange -> reply(exchange, 201, "{\"sessionId\":\"s-1\"}")));
    server.createContext("/v1/chat", guarded(this::chat));
    server.createContext("/auth/v2/refresh-session", this::refresh);
    server.createContext("/auth/v2/authenticate", closing(this::authenticate));
    server.createContext("/stand-in/", closing(this::control));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void on(String message, HttpHandler answer) {
    answers.put(message, answer);
  }

  String accessToken(long secondsToLive) {
    return accessToken("test", secondsToLive);
  }

  private String accessToken(String user, long secondsToLive) {
    long now = Instant.now().getEpochSecond();
    int number = tokens.size();
    String claims = "{\"sub\":\"" + user + "\",\"jti\":\"" + number + "\",\"iat\":" + (now - 60)
        + ",\"exp\":" + (now + secondsToLive) + "}";
    return remember(base64("{\"alg\":\"none\"}") + "." + base64(claims) + "." + base64("signature-" + number));
  }

  String refreshToken() {
    return remember("refresh-token-" + tokens.size());
  }

  static void reply(HttpExchange exchange, int status, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] body = json.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  static OutputStream events(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    return exchange.getResponseBody();
  }

  static void send(OutputStream out, String event) throws IOException {
    out.write(event.getBytes(UTF_8));
    out.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private HttpHandler guarded(HttpHandler handler) {
    return closing(exchange -> {
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      lastAuthorization = authorization;
      boolean known = authorization != null && tokens.contains(authorization.replaceFirst("^Bearer ", ""));
      // A token in headers and in a cookie: nothing of this may reach the browser.
      exchange.getResponseHeaders().set("X-Debug", String.valueOf(authorization));
      exchange.getResponseHeaders().set("Set-Cookie", "token=" + authorization);
      if (known) handler.handle(exchange);
      else reply(exchange, 401, "{\"error\":\"" + authorization + "\"}");
    });
  }

  private void chat(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    chatBodies.add(body);
    answers.get(Json.string(Json.parse(body), "message")).handle(exchange);
  }

  /** Answers more than anybody should pass on. */
  private void control(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (!path.equals("/stand-in/stats")) controls.add(path + " " + body);
    JsonObject answer = new JsonObject();
    answer.addProperty("accessToken", accessToken(3600));
    answer.addProperty("refreshToken", refreshToken());
    answer.addProperty("refreshes", refreshes.get());
    answer.addProperty("chatUnauthorized", 0);
    reply(exchange, 200, answer.toString());
  }

  /** The code is the user's name. */
  private void authenticate(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String code = Json.string(Json.parse(body), "code");
    JsonObject pair = new JsonObject();
    pair.addProperty("accessToken", accessToken(code, 3600));
    pair.addProperty("refreshToken", refreshToken());
    reply(exchange, code.equals("wrong") ? 400 : 200, pair.toString());
  }

  private void refresh(HttpExchange exchange) throws IOException {
    refreshes.incrementAndGet();
    JsonObject pair = new JsonObject();
    pair.addProperty("accessToken", accessToken(3600));
    pair.addProperty("refreshToken", refreshToken());
    closing(e -> reply(e, identityServerIsDown ? 503 : 200, identityServerIsDown ? "{}" : pair.toString()))
        .handle(exchange);
  }

  private static HttpHandler closing(HttpHandler handler) {
    return exchange -> {
      try (exchange) {
        handler.handle(exchange);
      }
    };
  }

  private String remember(String token) {
    tokens.add(token);
    return token;
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
