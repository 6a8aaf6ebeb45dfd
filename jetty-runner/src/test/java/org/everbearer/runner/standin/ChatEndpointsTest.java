package org.everbearer.runner.standin;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChatEndpointsTest {
  private static final StandInOptions OPTIONS = StandInOptions.defaults().withAlgorithm("ES256");

  private StandIn standIn;

  @AfterEach
  void stop() {
    standIn.close();
  }

  @Test
  void chat_repliesInJsonToAValidToken() throws Exception {
    Browser browser = start(OPTIONS);
    String token = standIn.newFamily("user_1", null).accessToken();
    HttpResponse<String> session = browser.postJson("/v1/sessions", "", "Authorization", "Bearer " + token);
    assertEquals(201, session.statusCode());
    String id = Browser.text(session, "sessionId");
    HttpResponse<String> reply = browser.postJson("/v1/chat",
        "{\"message\": \"good <day> ä\", \"sessionId\": \"" + id + "\"}", "Authorization", "Bearer " + token);
    assertEquals(200, reply.statusCode());
    assertTrue(Browser.text(reply, "reply").contains("good <day> ä"), reply.body());
    assertEquals(id, Browser.text(reply, "sessionId"));
    assertEquals(2, standIn.stats().chatOk());
  }

  @Test
  void chat_withoutATokenIsChallengedWithoutAnErrorCode() throws Exception {
    Browser browser = start(OPTIONS);
    HttpResponse<String> reply = browser.postJson("/v1/chat", "{\"message\": \"x\"}");
    assertEquals(401, reply.statusCode());
    assertEquals("Bearer realm=\"chat\"", challenge(reply));
    assertEquals(1, standIn.stats().chatUnauthorized());
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "", "a.b.c"})
  void chat_withABrokenTokenIsAnInvalidToken(String token) throws Exception {
    HttpResponse<String> reply = start(OPTIONS).chat(token);
    assertEquals(401, reply.statusCode());
    assertTrue(challenge(reply).contains("error=\"invalid_token\"") || token.isEmpty(), challenge(reply));
    assertEquals(0, standIn.stats().chatOk());
  }

  @Test
  void chat_withATokenOfAnotherServerIsAnInvalidToken() throws Exception {
    Browser browser = start(OPTIONS);
    try (StandIn other = StandIn.start(OPTIONS)) {
      assertEquals(401, browser.chat(other.newFamily("user_1", null).accessToken()).statusCode());
    }
  }

  @Test
  void chat_withAnExpiredTokenIsAnInvalidToken() throws Exception {
    Browser browser = start(OPTIONS.withAccessTokenLifetime(Duration.ofMillis(1)));
    String token = standIn.newFamily("user_1", null).accessToken();
    HttpResponse<String> reply = browser.chat(token);
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (reply.statusCode() == 200 && System.nanoTime() < deadline) reply = browser.chat(token);
    assertEquals(401, reply.statusCode());
    assertTrue(challenge(reply).contains("The access token expired"), challenge(reply));
  }

  @Test
  void chat_withoutAMessageIsA400() throws Exception {
    Browser browser = start(OPTIONS);
    String token = standIn.newFamily("user_1", null).accessToken();
    assertEquals(400, browser.postJson("/v1/chat", "{}", "Authorization", "Bearer " + token).statusCode());
  }

  @Test
  void stream_sendsEachWordBeforeTheNextIsDue() throws Exception {
    // The pause after the first word is longer than the test waits: a buffered reply would never show it.
    Browser browser = start(OPTIONS.withWordDelay(Duration.ofMinutes(5)));
    try (InputStream body = stream(browser, "one two").body();
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
      assertEquals("data: {\"delta\":\"You \"}", lines.readLine());
    }
  }

  @Test
  void stream_holdsTheWholeReplyOneEventAWord() throws Exception {
    Browser browser = start(OPTIONS.withWordDelay(Duration.ZERO));
    HttpResponse<InputStream> response = stream(browser, "one  two");
    assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse(null));
    String events = new String(response.body().readAllBytes(), UTF_8);
    assertTrue(events.contains("data: {\"delta\":\"one  \"}\n\ndata: {\"delta\":\"two \"}\n\n"), events);
    assertTrue(events.endsWith("event: done\ndata: {}\n\n"), events);
    assertFalse(response.headers().firstValue("Content-Length").isPresent());
  }

  private Browser start(StandInOptions options) throws Exception {
    standIn = StandIn.start(options);
    return new Browser(standIn);
  }

  private HttpResponse<InputStream> stream(Browser browser, String message) throws Exception {
    return browser.http().send(browser.request("/v1/chat", "Accept", "text/event-stream", "Content-Type",
            "application/json", "Authorization", "Bearer " + standIn.newFamily("user_1", null).accessToken())
        .POST(HttpRequest.BodyPublishers.ofString("{\"message\": \"" + message + "\"}")).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private static String challenge(HttpResponse<String> reply) {
    return reply.headers().firstValue("WWW-Authenticate").orElse("none");
  }
}
