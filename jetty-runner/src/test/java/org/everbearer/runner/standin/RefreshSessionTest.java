package org.everbearer.runner.standin;

import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RefreshSessionTest {
  private static final StandInOptions OPTIONS = StandInOptions.defaults().withAlgorithm("ES256");

  private StandIn standIn;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    start(OPTIONS);
  }

  private void start(StandInOptions options) throws Exception {
    stop();
    standIn = StandIn.start(options);
    browser = new Browser(standIn);
  }

  @AfterEach
  void stop() {
    if (standIn != null) standIn.close();
  }

  @Test
  void currentToken_isRotatedAndTheNewAccessTokenWorks() throws Exception {
    TokenPair first = standIn.newFamily("user_1", "org_1");
    HttpResponse<String> reply = browser.refresh(first.refreshToken());
    assertEquals(200, reply.statusCode());
    assertEquals("no-store", reply.headers().firstValue("Cache-Control").orElse(null));
    assertNotEquals(first.refreshToken(), Browser.text(reply, "refreshToken"));
    assertEquals(200, browser.chat(Browser.text(reply, "accessToken")).statusCode());
    assertEquals(1, standIn.stats().refreshes());
    assertEquals(1, standIn.stats().rotations());
  }

  @Test
  void organization_isTakenOver() throws Exception {
    TokenPair first = standIn.newFamily("user_1", "org_1");
    JsonObject body = new JsonObject();
    body.addProperty("refreshToken", first.refreshToken());
    body.addProperty("organizationId", "org_2");
    HttpResponse<String> reply = browser.postJson("/auth/v2/refresh-session", body.toString());
    assertEquals("org_2", new JwtConsumerBuilder().setSkipSignatureVerification().setSkipAllValidators().build()
        .processToClaims(Browser.text(reply, "accessToken")).getStringClaimValue("org_id"));
  }

  @Test
  void spentToken_withinTheGraceGetsTheSameReply() throws Exception {
    TokenPair first = standIn.newFamily("user_1", null);
    HttpResponse<String> reply = browser.refresh(first.refreshToken());
    assertEquals(reply.body(), browser.refresh(first.refreshToken()).body());
    assertEquals(1, standIn.stats().replays());
    assertEquals(0, standIn.stats().reuses());
  }

  @Test
  void spentToken_afterTheGraceIsDeadAsA500AndSoIsItsFamily() throws Exception {
    start(OPTIONS.withReuseGrace(Duration.ZERO));
    TokenPair first = standIn.newFamily("user_1", null);
    String second = Browser.text(browser.refresh(first.refreshToken()), "refreshToken");
    HttpResponse<String> reuse = browser.refresh(first.refreshToken());
    assertEquals(500, reuse.statusCode());
    assertEquals("{\"error\":\"Shim error: rpc error: code = Unauthenticated desc = invalid or expired refresh token\"}",
        reuse.body());
    assertEquals(500, browser.refresh(second).statusCode());
    assertEquals(1, standIn.stats().reuses());
    assertEquals(1, standIn.stats().familiesRevoked());
    assertEquals(1, standIn.stats().deadTokens());
  }

  @Test
  void withoutRotation_theReplyHoldsNoRefreshToken() throws Exception {
    start(OPTIONS.withRotate(false));
    TokenPair first = standIn.newFamily("user_1", null);
    assertFalse(Browser.json(browser.refresh(first.refreshToken())).has("refreshToken"));
    assertEquals(200, browser.refresh(first.refreshToken()).statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "nonsense", "{\"refreshToken\": 7}"})
  void unreadableRequest_isA400(String body) throws Exception {
    assertEquals(400, browser.postJson("/auth/v2/refresh-session", body).statusCode());
  }

  @Test
  void oversizeRequest_isA400() throws Exception {
    assertEquals(400, browser.refresh("x".repeat(100_000)).statusCode());
  }

  @Test
  void clockOffset_showsInTheDateHeaderAndTheTokens() throws Exception {
    start(OPTIONS.withClockOffset(Duration.ofHours(-3)));
    TokenPair first = standIn.newFamily("user_1", null);
    HttpResponse<String> reply = browser.refresh(first.refreshToken());
    Instant date = ZonedDateTime.parse(reply.headers().firstValue("Date").orElseThrow(),
        DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    assertTrue(date.isBefore(Instant.now().minus(Duration.ofHours(2))), date.toString());
    assertEquals(1, reply.headers().allValues("Date").size());
    assertEquals(200, browser.chat(Browser.text(reply, "accessToken")).statusCode());
  }

  @Test
  void wrongPathAndWrongMethod_areTold() throws Exception {
    assertEquals(404, browser.get("/auth/v3/refresh-session").statusCode());
    HttpResponse<String> wrongMethod = browser.get("/auth/v2/refresh-session");
    assertEquals(405, wrongMethod.statusCode());
    assertEquals("POST", wrongMethod.headers().firstValue("Allow").orElse(null));
  }
}
