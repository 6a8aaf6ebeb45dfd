package org.everbearer.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ChatProxyTest {
  private static Upstream upstream;
  private static SampleServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    upstream = new Upstream();
    server = new SampleServer(directory, Map.of(
        "CHAT_API_BASE_URL", upstream.url(), "AUTH_BASE_URL", upstream.url(), "CHAT_API_TIMEOUT_SECONDS", "1",
        "AUTH_ACCESS_TOKEN", upstream.accessToken(-30), "AUTH_REFRESH_TOKEN", upstream.refreshToken()));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    upstream.close();
  }

  @AfterEach
  void noToken_everReachesTheBrowser() {
    for (String token : upstream.tokens) {
      for (String answer : server.received) assertFalse(answer.contains(token), () -> "a token is in " + answer);
    }
  }

  @Test
  void message_isAnsweredAsJson_withNothingElseOfTheUpstream() throws Exception {
    upstream.on("hello", exchange -> Upstream.reply(exchange, 200,
        "{\"reply\":\"hi\",\"sessionId\":\"s-1\",\"debug\":\"" + upstream.tokens + "\"}"));
    HttpResponse<String> answer = server.post("/api/chat", "{\"message\":\"hello\",\"sessionId\":\"s-1\",\"x\":1}");
    assertEquals(200, answer.statusCode());
    assertEquals("{\"reply\":\"hi\",\"sessionId\":\"s-1\"}", answer.body());
    assertEquals("no-store, no-transform", answer.headers().firstValue("Cache-Control").orElse(null));
    assertTrue(upstream.chatBodies.contains("{\"message\":\"hello\",\"sessionId\":\"s-1\"}"));
  }

  @Test
  void session_isCreated() throws Exception {
    HttpResponse<String> answer = server.post("/api/sessions", "");
    assertEquals(201, answer.statusCode());
    assertEquals("{\"sessionId\":\"s-1\"}", answer.body());
  }

  @Test
  void word_reachesTheBrowser_beforeTheUpstreamHasTheNext() throws Exception {
    CountDownLatch firstWordSeen = new CountDownLatch(1);
    upstream.on("words", exchange -> {
      OutputStream out = Upstream.events(exchange);
      Upstream.send(out, "id: 1\ndata: {\"word\":\"one\"}\n\n");
      await(firstWordSeen);
      Upstream.send(out, "data: {\"word\":\"two\"}\n\nevent: done\ndata: {}\n\n");
    });
    try (Socket socket = ask("words")) {
      BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertEquals("data: {\"word\":\"one\"}", lineWith(answer, "data:"));
      firstWordSeen.countDown();
      assertEquals("data: {\"word\":\"two\"}", lineWith(answer, "data:"));
      assertEquals("event: done", lineWith(answer, "event:"));
    }
  }

  @Test
  void stream_isMarkedAsOne_andEndsWithDone() throws Exception {
    upstream.on("short", exchange ->
        Upstream.send(Upstream.events(exchange), ": ping\n\ndata: {\"word\":\"ö\"}\n\nevent: done\ndata: {}\n\n"));
    HttpResponse<String> answer = server.stream("short");
    assertEquals("text/event-stream;charset=utf-8",
        answer.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT));
    assertEquals(":\n\ndata: {\"word\":\"ö\"}\n\nevent: done\ndata: {}\n\n", answer.body());
  }

  @Test
  void browserThatLeaves_endsTheCallToTheUpstream() throws Exception {
    CountDownLatch upstreamKnows = new CountDownLatch(1);
    upstream.on("endless", exchange -> {
      try {
        for (OutputStream out = Upstream.events(exchange); ; ) Upstream.send(out, "data: {\"word\":\"on\"}\n\n");
      } catch (IOException e) {
        upstreamKnows.countDown();
      }
    });
    try (Socket socket = ask("endless")) {
      lineWith(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)), "data:");
    }
    assertTrue(upstreamKnows.await(30, TimeUnit.SECONDS));
  }

  static Stream<Arguments> upstreamFailures() {
    return Stream.of(
        Arguments.of(502, "bad_gateway", reply(500, "{\"message\":\"secret detail\"}")),
        Arguments.of(502, "bad_gateway", reply(503, "{\"message\":\"secret detail\"}")),
        Arguments.of(502, "bad_gateway", reply(403, "{\"message\":\"secret detail\"}")),
        Arguments.of(404, "unknown_session", reply(404, "{\"message\":\"secret detail\"}")),
        Arguments.of(429, "too_many_requests", reply(429, "{\"message\":\"secret detail\"}")),
        Arguments.of(502, "bad_gateway", reply(200, "{\"secret detail\":")),
        Arguments.of(502, "bad_gateway", reply(200, "{\"secret detail\":1}")),
        Arguments.of(502, "bad_gateway", reply(200, "{\"reply\":5}")),
        Arguments.of(502, "bad_gateway", (HttpHandler) exchange -> exchange.sendResponseHeaders(200, -1)),
        Arguments.of(502, "bad_gateway", (HttpHandler) exchange -> {}),
        Arguments.of(504, "gateway_timeout", (HttpHandler) exchange -> await(new CountDownLatch(1))));
  }

  @ParameterizedTest
  @MethodSource("upstreamFailures")
  void upstreamFailure_isTold_asJson_toBothKindsOfRequest(int status, String error, HttpHandler failure)
      throws Exception {
    upstream.on("fail", failure);
    upstream.chatBodies.clear();
    for (HttpResponse<String> answer : List.of(server.chat("fail"), server.stream("fail"))) {
      assertError(status, error, answer);
      assertFalse(answer.body().contains("secret"), answer.body());
    }
    assertEquals(2, upstream.chatBodies.size(), "a message was said more than once");
  }

  @Test
  void streamThatBreaks_endsWithAnErrorEvent() throws Exception {
    upstream.on("break", exchange -> Upstream.send(Upstream.events(exchange), "data: {\"word\":\"a\"}\n\ndata: half"));
    upstream.on("silence", exchange -> {
      Upstream.send(Upstream.events(exchange), "data: {\"word\":\"a\"}\n\n");
      await(new CountDownLatch(1));
    });
    String start = "data: {\"word\":\"a\"}\n\nevent: error\ndata: {\"error\":\"";
    String broken = server.stream("break").body();
    assertTrue(broken.startsWith(start + "bad_gateway\",\"message\":\""), broken);
    String silent = server.stream("silence").body();
    assertTrue(silent.startsWith(start + "gateway_timeout\",\"message\":\""), silent);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "400 | bad_request            | application/json                | {}",
      "400 | bad_request            | application/json; charset=utf-8 | [",
      "415 | unsupported_media_type | text/plain                      | {}",
      "415 | unsupported_media_type | application/jsonp               | {}",
      "413 | too_large              | application/json                | BIG",
  })
  void badRequest_isRefused(int status, String error, String type, String body) throws Exception {
    String sent = body.equals("BIG") ? "\"" + "x".repeat(Json.MAX_BODY) : body;
    assertError(status, error, server.post("/api/chat", sent, "Content-Type", type));
  }

  @Test
  void wrongMethod_isRefused() throws Exception {
    HttpResponse<String> answer = server.get("/api/chat");
    assertError(405, "method_not_allowed", answer);
    assertEquals("POST", answer.headers().firstValue("Allow").orElse(null));
  }

  @Test
  void pagesOfOtherSites_areRefused() throws Exception {
    assertError(403, "forbidden", server.post("/api/sessions", "", "Sec-Fetch-Site", "cross-site"));
  }

  @Test
  void unknownAddress_isToldAsJson() throws Exception {
    assertError(404, "not_found", server.get("/nothing"));
  }

  @Test
  void health_isUp_andShowsNoToken() throws Exception {
    HttpResponse<String> answer = server.get("/health");
    assertEquals(200, answer.statusCode());
    assertEquals("{\"status\":\"UP\",\"tokenExpired\":false}", answer.body());
  }

  @Test
  void page_isServed_withNothingInlineAndNoCookie() throws Exception {
    HttpResponse<String> page = server.get("/");
    assertEquals(200, page.statusCode());
    assertTrue(page.headers().firstValue("Content-Security-Policy").orElse("").contains("default-src 'none'"));
    assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(null));
    assertEquals("no-referrer", page.headers().firstValue("Referrer-Policy").orElse(null));
    assertNull(page.headers().firstValue("Set-Cookie").orElse(null));
    assertFalse(page.body().matches("(?s).*(<style|\\sstyle=|\\son\\w+=|<script>|https?:).*"), page.body());
    for (String file : List.of("/app.css", "/app.js", "/demo.css", "/demo.js", "/favicon.svg")) {
      assertEquals(200, server.get(file).statusCode(), file);
    }
  }

  private static void assertError(int status, String error, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals("application/json;charset=utf-8",
        answer.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT));
    JsonObject body = Json.parse(answer.body());
    assertEquals(error, Json.string(body, "error"));
    assertFalse(Json.string(body, "message").isBlank());
  }

  private static HttpHandler reply(int status, String json) {
    return exchange -> Upstream.reply(exchange, status, json);
  }

  /** Asks for a stream over a socket of its own, which shows each byte when it comes. */
  private static Socket ask(String message) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    String body = "{\"message\":\"" + message + "\"}";
    socket.getOutputStream().write(("POST /api/chat HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(UTF_8));
    return socket;
  }

  private static String lineWith(BufferedReader answer, String start) throws IOException {
    for (String line; (line = answer.readLine()) != null; ) {
      if (line.startsWith(start)) return line;
    }
    throw new IOException("the stream ended without " + start);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
