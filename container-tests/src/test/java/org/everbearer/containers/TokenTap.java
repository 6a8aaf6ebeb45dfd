package org.everbearer.containers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands between an application and its servers, passes everything on, and knows every token that went by. */
final class TokenTap implements AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("\"(?:access|refresh)Token\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern BEARER = Pattern.compile("Bearer (\\S+)");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CompletableFuture<URI> target = new CompletableFuture<>();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();

  private TokenTap(HttpServer server) {
    this.server = server;
  }

  static TokenTap start() throws IOException {
    TokenTap tap = new TokenTap(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    tap.server.setExecutor(tap.threads);
    tap.server.createContext("/", tap::pass);
    tap.server.start();
    return tap;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Requests wait until this is said. */
  void passTo(URI servers) {
    target.complete(servers);
  }

  Set<String> tokens() {
    return tokens;
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      note(TOKEN, body);
      HttpRequest.Builder request = HttpRequest.newBuilder(target.get(1, TimeUnit.MINUTES)
          .resolve(exchange.getRequestURI().toString()))
          .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofString(body));
      for (String name : List.of("Authorization", "Content-Type", "Accept")) {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) request.header(name, value);
        if (value != null) note(BEARER, value);
      }
      HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      for (String name : List.of("Content-Type", "Retry-After", "WWW-Authenticate", "Date", "Location")) {
        answer.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders().set(name, value));
      }
      boolean json = answer.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
      exchange.sendResponseHeaders(answer.statusCode(), 0);
      if (json) {
        String text = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        note(TOKEN, text);
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
      } else {
        answer.body().transferTo(exchange.getResponseBody());
      }
    } catch (Exception lostReply) {
      // The server has dropped the connection, and now this one is dropped too.
    }
  }

  private void note(Pattern pattern, String text) {
    for (Matcher found = pattern.matcher(text); found.find(); ) tokens.add(found.group(1));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
