package org.everbearer.runner.standin;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ControlEndpointsTest {
  private StandIn standIn;
  private Browser browser;
  private TokenPair first;

  @BeforeEach
  void start() throws Exception {
    standIn = StandIn.start(StandInOptions.defaults().withAlgorithm("ES256"));
    browser = new Browser(standIn);
    first = standIn.newFamily("user_1", "org_1");
  }

  @AfterEach
  void stop() {
    standIn.close();
  }

  @Test
  void stats_countWhatHappened() throws Exception {
    browser.refresh(first.refreshToken());
    browser.chat("garbage");
    HttpResponse<String> stats = browser.get("/stand-in/stats");
    assertEquals(1, Browser.json(stats).get("rotations").getAsInt());
    assertEquals(1, Browser.json(stats).get("chatUnauthorized").getAsInt());
    assertEquals(0, Browser.json(stats).get("reuses").getAsInt());
  }

  @Test
  void revokeAccessTokens_makesTheChatRefuseThemAndRefreshCuresIt() throws Exception {
    assertEquals(1, Browser.json(control("revoke-access-tokens", "")).get("revoked").getAsInt());
    HttpResponse<String> refused = browser.chat(first.accessToken());
    assertEquals(401, refused.statusCode());
    assertTrue(refused.headers().firstValue("WWW-Authenticate").orElse("").contains("invalid_token"));
    String fresh = Browser.text(browser.refresh(first.refreshToken()), "accessToken");
    assertEquals(200, browser.chat(fresh).statusCode());
  }

  @Test
  void outage_turnsTheIdentityServerAwayButNotTheChat() throws Exception {
    control("outage", "{\"seconds\": 1000}");
    HttpResponse<String> reply = browser.refresh(first.refreshToken());
    assertEquals(503, reply.statusCode());
    int retryAfter = Integer.parseInt(reply.headers().firstValue("Retry-After").orElseThrow());
    assertTrue(retryAfter > 900 && retryAfter <= 1000, "Retry-After: " + retryAfter);
    assertEquals(503, browser.get("/.well-known/jwks.json").statusCode());
    assertEquals(503, browser.postJson("/oauth/token", "").statusCode());
    assertEquals(200, browser.chat(first.accessToken()).statusCode());
    assertEquals(3, standIn.stats().outages());
    assertEquals(0, standIn.stats().refreshes());
  }

  @Test
  void outage_ofZeroSecondsEndsOne() throws Exception {
    control("outage", "{\"seconds\": 1000, \"as\": \"unavailable\"}");
    HttpResponse<String> reply = browser.refresh(first.refreshToken());
    assertEquals(503, reply.statusCode());
    assertTrue(reply.headers().firstValue("Retry-After").isEmpty());
    control("outage", "{\"seconds\": 0}");
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
  }

  @Test
  void outage_canDropConnectionsAndCommitsNothing() throws Exception {
    control("outage", "{\"seconds\": 1000, \"as\": \"drop\"}");
    assertThrows(IOException.class, () -> browser.refresh(first.refreshToken()));
    assertTrue(standIn.stats().outages() > 0);
    assertEquals(0, standIn.stats().rotations());
  }

  @Test
  void loseNextReply_commitsTheRotationAndAnswersTheReplay() throws Exception {
    control("lose-next-reply", "");
    assertEquals(500, browser.refresh("a token that is granted nothing").statusCode());
    assertThrows(IOException.class, () -> browser.refresh(first.refreshToken()));
    assertEquals(1, standIn.stats().repliesLost());
    assertEquals(1, standIn.stats().rotations());
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
    assertEquals(1, standIn.stats().replays());
  }

  @Test
  void loseReplies_losesThatShareUntilToldOtherwise() throws Exception {
    control("lose-replies", "{\"percent\": 100}");
    for (int i = 0; i < 3; i++) assertThrows(IOException.class, () -> browser.refresh(first.refreshToken()));
    assertEquals(3, standIn.stats().repliesLost());
    control("lose-replies", "{\"percent\": 0}");
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
    assertEquals(1, standIn.stats().rotations());
  }

  @Test
  void failNext_failsThatRefreshAloneAndCommitsNothing() throws Exception {
    control("fail-next", "{\"status\": 429}");
    assertEquals(429, browser.refresh(first.refreshToken()).statusCode());
    assertEquals(0, standIn.stats().rotations());
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
    assertEquals(1, standIn.stats().rotations());
    assertEquals(1, standIn.stats().failures());
  }

  @Test
  void slow_delaysARefreshUntilItIsTakenBack() throws Exception {
    control("slow", "{\"millis\": 300}");
    long start = System.nanoTime();
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(300).toNanos());
  }

  @Test
  void slow_forNoTimeDelaysNothing() throws Exception {
    control("slow", "{\"millis\": 86400000, \"seconds\": 0}");
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
  }

  @Test
  void killFamily_deadensRefreshTokensButNotAccessTokens() throws Exception {
    TokenPair other = standIn.newFamily("user_2", null);
    HttpResponse<String> killed = control("kill-family", "{\"refreshToken\": \"" + first.refreshToken() + "\"}");
    assertEquals(1, Browser.json(killed).get("revoked").getAsInt());
    assertEquals(500, browser.refresh(first.refreshToken()).statusCode());
    assertEquals(200, browser.chat(first.accessToken()).statusCode());
    assertEquals(200, browser.refresh(other.refreshToken()).statusCode());
    assertEquals(1, Browser.json(control("kill-family", "")).get("revoked").getAsInt());
    assertEquals(2, standIn.stats().familiesRevoked());
  }

  @Test
  void newFamily_handsOutAFirstPair() throws Exception {
    HttpResponse<String> pair = control("new-family", "{\"subject\": \"user_3\"}");
    assertEquals(200, browser.chat(Browser.text(pair, "accessToken")).statusCode());
    assertEquals(200, browser.refresh(Browser.text(pair, "refreshToken")).statusCode());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "outage|{\"seconds\": -1}", "outage|{\"seconds\": \"many\"}", "outage|{\"as\": \"sulking\"}",
    "slow|{\"millis\": 1.5}", "slow|{\"millis\": 1e30}", "fail-next|{\"status\": 99}", "kill-family|[]"})
  void badParameters_areRefused(String name, String json) throws Exception {
    assertEquals(400, control(name, json).statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "http://127.0.0.1.evil.example", "null"})
  void pagesFromElsewhere_controlNothing(String origin) throws Exception {
    assertEquals(403, browser.postJson("/stand-in/kill-family", "", "Origin", origin).statusCode());
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
  }

  @Test
  void pagesOfThisMachine_mayControl() throws Exception {
    assertEquals(200,
        browser.postJson("/stand-in/kill-family", "", "Origin", "http://localhost:8080").statusCode());
  }

  private HttpResponse<String> control(String name, String json) throws Exception {
    return browser.postJson("/stand-in/" + name, json);
  }
}
