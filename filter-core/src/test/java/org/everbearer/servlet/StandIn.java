package org.everbearer.servlet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An identity server and an API in one. A refresh token is {@code r.USER.N}, single-use, and becomes {@code
 * a.USER.N+1}; the API answers with the bearer token that it was sent.
 */
final class StandIn implements AutoCloseable {
  private static final Pattern REFRESH_TOKEN = Pattern.compile("\"refreshToken\"\\s*:\\s*\"r\\.([^.\"]+)\\.(\\d+)\"");

  final AtomicInteger refreshes = new AtomicInteger();
  /** What the identity server answers instead of tokens; 0 for tokens. */
  volatile int refusal;
  /** One permit for each refresh that has come in. */
  final Semaphore arrived = new Semaphore(0);
  /** What refreshes wait for. */
  volatile CountDownLatch answers = new CountDownLatch(0);
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Integer> newest = new HashMap<>();

  StandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/auth/v2/refresh-session", this::refresh);
    server.createContext("/exchange", this::exchange);
    server.createContext("/api", exchange -> {
      String token = exchange.getRequestHeaders().getFirst("Authorization");
      answer(exchange, 200, token == null ? "none" : token);
    });
    server.start();
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Parameters of a client whose tokens come from here, and go here. */
  Map<String, String> client(String... more) {
    Map<String, String> params = new LinkedHashMap<>();
    params.put("baseUrl", origin());
    params.put("allowedOrigins", origin());
    for (int i = 0; i < more.length; i += 2) params.put(more[i], more[i + 1]);
    return params;
  }

  private void refresh(HttpExchange exchange) throws IOException {
    refreshes.incrementAndGet();
    arrived.release();
    try {
      answers.await();
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    }
    Matcher token = REFRESH_TOKEN.matcher(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (refusal != 0 || !token.find() || !spend(token.group(1), Integer.parseInt(token.group(2)))) {
      answer(exchange, refusal == 0 ? 401 : refusal, "{\"error\":\"refused\"}");
      return;
    }
    String next = token.group(1) + "." + (Integer.parseInt(token.group(2)) + 1);
    answer(exchange, 200, "{\"accessToken\":\"a." + next + "\",\"refreshToken\":\"r." + next + "\"}");
  }

  /** RFC 8693: what comes in as TOKEN goes out as x.TOKEN, but for "refused" and "broken". */
  private void exchange(HttpExchange exchange) throws IOException {
    refreshes.incrementAndGet();
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher subject = Pattern.compile("(?:^|&)subject_token=([^&]*)").matcher(form);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    String token = subject.find() ? subject.group(1) : "refused";
    if (token.equals("refused")) answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
    else if (token.equals("broken")) answer(exchange, 500, "{\"error\":\"server_error\"}");
    else answer(exchange, 200, exchanged(token));
  }

  private static String exchanged(String token) {
    return "{\"access_token\":\"x." + token
        + "\",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\",\"token_type\":\"Bearer\","
        + "\"expires_in\":3600}";
  }

  /** Forgets which refresh tokens are spent. */
  synchronized void forget() {
    newest.clear();
  }

  private synchronized boolean spend(String user, int number) {
    if (newest.getOrDefault(user, number) != number) return false;
    newest.put(user, number + 1);
    return true;
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
