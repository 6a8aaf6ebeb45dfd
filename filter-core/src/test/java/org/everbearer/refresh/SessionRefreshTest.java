package org.everbearer.refresh;

import java.time.Duration;
import java.util.regex.Pattern;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SessionRefreshTest extends TokenRefresherContract {
  @Override
  TokenRefresher refresher(TokenEndpoint endpoint) {
    return SessionRefresh.builder(endpoint).build();
  }

  @Override
  String body(String accessToken, String refreshToken) {
    return "{\"accessToken\":\"" + accessToken + "\""
        + (refreshToken == null ? "" : ",\"refreshToken\":\"" + refreshToken + "\"") + "}";
  }

  @Override
  Reason unauthorized() {
    return Reason.REJECTED;
  }

  @Override
  String clientSecret() {
    return "nothing";
  }

  private SessionRefresh.Builder at(String base) {
    return SessionRefresh.builder(TokenEndpoint.builder("test").base(base, SessionRefresh.PATH).build());
  }

  private String base() {
    return "http://127.0.0.1:" + server.getPort();
  }

  @Test
  void request_isTheJsonOfTheGuide() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    try (Closing r = new Closing(at(base() + "/").organizationId("org_1").build())) {
      r.refresh(current());
    }
    server.verify(1, postRequestedFor(urlEqualTo("/auth/v2/refresh-session"))
        .withHeader("Content-Type", equalTo("application/json; charset=UTF-8"))
        .withRequestBody(equalToJson("{\"refreshToken\":\"" + SPENT + "\",\"organizationId\":\"org_1\"}")));
  }

  @Test
  void organization_fromTheOldTokenWhenNotConfigured() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    refresher.refresh(TokenSet.of(Jwts.unsigned("{\"org_id\":\"org_2\"}"), SPENT));
    server.verify(1, postRequestedFor(anyUrl())
        .withRequestBody(equalToJson("{\"refreshToken\":\"" + SPENT + "\",\"organizationId\":\"org_2\"}")));
  }

  @Test
  void organization_leftOutWhenUnknown() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    refresher.refresh(TokenSet.of(null, SPENT));
    server.verify(1, postRequestedFor(anyUrl()).withHeader("Authorization", absent())
        .withRequestBody(equalToJson("{\"refreshToken\":\"" + SPENT + "\"}")));
  }

  @Test
  void homeGrownNames_fit() throws TokenException {
    answer(json(200,
        "{\"data\":{\"tokens\":{\"at\":\"new-access-token\",\"rt\":\"new-refresh-token\",\"ttl\":\"61\"}}}"));
    try (Closing r = new Closing(at(base()).refreshTokenField("token").organizationIdField("tenant").organizationId("t")
        .accessTokenPath("data.tokens.at").refreshTokenPath("data.tokens.rt")
        .expiresInPath("data.tokens.ttl").build())) {
      assertEquals(TokenSet.of("new-access-token", "new-refresh-token").expiresIn(Duration.ofSeconds(61)),
          r.refresh(current()));
    }
    server.verify(1, postRequestedFor(anyUrl())
        .withRequestBody(equalToJson("{\"token\":\"" + SPENT + "\",\"tenant\":\"t\"}")));
  }

  @Test
  void otherUseOfTokenType_isNoConcern() throws TokenException {
    answer(json(200, "{\"accessToken\":\"new-access-token\",\"token_type\":\"session\"}"));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 429, 500, 503})
  void knownText_meansDeadWhateverTheErrorStatus(int status) {
    answer(json(status, "{\"error\":\"Shim error: rpc error: code = Unauthenticated desc = invalid or expired refresh"
        + " token\"}"));
    assertEquals(Reason.REJECTED, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"success\":false,\"error\":\"invalid or expired refresh token\"}",
      "{\"ok\":false,\"message\":\"Expired refresh token\"}"})
  void knownTextInASuccessWithoutToken_meansDead(String body) {
    answer(json(200, body));
    assertEquals(Reason.REJECTED, failure().reason());
  }

  @Test
  void knownTextOnAPageOrInARedirect_meansNothing() {
    answer(aResponse().withBody("<html>invalid refresh token"));
    assertEquals(Reason.TRANSIENT, failure().reason());
    server.resetAll();
    answer(json(302, "{\"error\":\"expired refresh token\"}"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  @Test
  void knownTextInASuccess_meansNothing() throws TokenException {
    answer(json(200, "{\"accessToken\":\"new-access-token\",\"note\":\"invalid or expired refresh token\"}"));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @Test
  void ownPattern_replacesTheDefault() throws TokenException {
    try (Closing r = new Closing(at(base()).deadTokenPattern(Pattern.compile("E-4711")).build())) {
      answer(json(502, "{\"fault\":{\"id\":\"E-4711\"}}"));
      assertEquals(Reason.REJECTED, assertThrows(TokenException.class, () -> r.refresh(current())).reason());
      answer(json(502, "{\"error\":\"invalid or expired refresh token\"}"));
      assertEquals(Reason.AMBIGUOUS, assertThrows(TokenException.class, () -> r.refresh(current())).reason());
    }
  }

  @Test
  void badPathsAndNames_areRefused() {
    SessionRefresh.Builder b = at(base());
    assertThrows(IllegalArgumentException.class, () -> b.accessTokenPath("a..b"));
    assertThrows(IllegalArgumentException.class, () -> b.refreshTokenPath(""));
    assertThrows(IllegalArgumentException.class, () -> b.expiresInPath(".x"));
    assertThrows(IllegalArgumentException.class, () -> b.refreshTokenField(" "));
  }
}
