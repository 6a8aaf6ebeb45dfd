package org.everbearer.refresh;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every refresher makes of the answers of its token endpoint, over real HTTP. */
abstract class TokenRefresherContract {
  static final String SPENT = "rt-spent+8f3a2b1c9d/4e=";
  static final String CLIENT_SECRET = "s3cr3t key:%of/the&client";
  static final String API_KEY = "apikey-0a1b2c3d4e5f";

  @RegisterExtension
  static final WireMockExtension server = WireMockExtension.newInstance()
      .options(options().dynamicPort().bindAddress("127.0.0.1")).build();
  @RegisterExtension
  static final WireMockExtension elsewhere = WireMockExtension.newInstance()
      .options(options().dynamicPort().bindAddress("127.0.0.1")).build();

  TokenRefresher refresher;

  abstract TokenRefresher refresher(TokenEndpoint endpoint);

  /** A 200 body; null leaves the refresh token out. */
  abstract String body(String accessToken, String refreshToken);

  /** What {@code invalid_grant} means. */
  Reason invalidGrant() {
    return Reason.REJECTED;
  }

  /** What a 401 or 403 with an unknown code of the endpoint's own means. */
  Reason unauthorized() {
    return Reason.CONFIGURATION;
  }

  /** What of the client's is sent with each request, beside the token. */
  String clientSecret() {
    return CLIENT_SECRET;
  }

  /** What of the tokens is sent with each request. */
  String token() {
    return SPENT;
  }

  @BeforeEach
  void open() {
    refresher = refresher(TokenEndpoint.builder("test").uri("http://127.0.0.1:" + server.getPort() + "/token?q=1")
        .header("X-Api-Key", API_KEY).requestTimeout(Duration.ofSeconds(20)).build());
  }

  @AfterEach
  void close() {
    refresher.close();
  }

  static TokenSet current() {
    return TokenSet.of("old-access", SPENT);
  }

  static ResponseDefinitionBuilder json(int status, String body) {
    return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody(body);
  }

  static void answer(ResponseDefinitionBuilder reply) {
    server.stubFor(any(anyUrl()).willReturn(reply));
  }

  TokenException failure() {
    TokenException e = assertThrows(TokenException.class, () -> refresher.refresh(current()));
    server.verify(1, anyRequestedFor(anyUrl()));
    assertTellsNoSecret(e);
    return e;
  }

  static void assertTellsNoSecret(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    for (String secret : new String[] {SPENT, CLIENT_SECRET, API_KEY, "new-access-token", "new-refresh-token"}) {
      assertFalse(trace.toString().contains(secret), () -> secret + " is told by " + trace);
      assertFalse(trace.toString().contains(secret.substring(0, 12)), () -> "a part of " + secret + " in " + trace);
    }
  }

  @Test
  void newTokens_returned() throws TokenException {
    answer(json(200, body("new-access-token", "new-refresh-token")));
    TokenSet tokens = refresher.refresh(current());
    assertEquals("new-access-token", tokens.accessToken());
    assertEquals(refresher.spendsRefreshToken() ? "new-refresh-token" : null, tokens.refreshToken());
    server.verify(1, postRequestedFor(urlEqualTo("/token?q=1")).withHeader("X-Api-Key", equalTo(API_KEY))
        .withHeader("Accept", equalTo("application/json")));
  }

  @Test
  void omittedRefreshToken_leftToTheCoordinator() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    assertNull(refresher.refresh(current()).refreshToken());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 401, 403, 404, 429, 500, 503})
  void invalidGrant_rejectedWhateverTheStatus(int status) {
    answer(json(status, "{\"error\":\"invalid_grant\",\"error_description\":\"gone\"}"));
    TokenException e = failure();
    assertEquals(invalidGrant(), e.reason());
    assertTrue(e.getMessage().contains("/token answered " + status + " invalid_grant (gone)"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"error,mfa_enrollment", "code,mfa_enrollment", "code,mfa_challenge", "error,sso_required",
      "code,organization_selection_required", "code,email_verification_required", "error,interaction_required"})
  void userNeeded_isNotDead(String member, String code) {
    answer(json(403, "{\"" + member + "\":\"" + code + "\",\"message\":\"ask the user\"}"));
    assertEquals(Reason.NEEDS_USER, failure().reason());
  }

  @Test
  void pendingAuthenticationToken_needsUserAlsoWithAnUnknownCode() {
    answer(json(403, "{\"code\":\"new_thing\",\"pending_authentication_token\":\"p\"}"));
    assertEquals(Reason.NEEDS_USER, failure().reason());
  }

  @ParameterizedTest
  @CsvSource({"401,invalid_client", "400,unauthorized_client", "400,unsupported_grant_type", "400,invalid_scope",
      "400,invalid_request", "400,invalid_target", "500,invalid_client"})
  void oauthErrors_areConfiguration(int status, String code) {
    answer(json(status, "{\"error\":\"" + code + "\"}"));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @ParameterizedTest
  @CsvSource({"401,'{\"error\":\"session_ended\"}'", "403,'{\"code\":\"E42\",\"message\":\"no\"}'",
      "401,'{\"error\":{\"code\":\"E42\"}}'"})
  void endpointsOwnUnauthorized_dependsOnTheProtocol(int status, String body) {
    answer(json(status, body));
    assertEquals(unauthorized(), failure().reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "RBAC: access denied", "Unauthorized", "{}", "{\"message\":\"Forbidden\"}",
      "{\"message\":\"Unauthorized\"}", "{\"code\":401,\"message\":\"no\"}", "{\"error\":null}", "{\"error\":\"\"}",
      "{\"fault\":{\"faultstring\":\"Invalid ApiKey\"}}", "\"invalid\"", "[\"error\"]"})
  void unauthorizedOfNobody_isConfigurationAndKillsNoToken(String body) {
    for (int status : new int[] {401, 403}) {
      server.resetAll();
      answer(aResponse().withStatus(status).withBody(body));
      assertEquals(Reason.CONFIGURATION, failure().reason());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 415, 422})
  void otherClientErrors_areConfiguration(int status) {
    answer(json(status, "{}"));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 501, 503, 507, 521, 522, 523, 525, 526, 529, 530})
  void serverErrors_areTransient(int status) {
    answer(json(status, "{\"error\":\"something else\"}"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  /** Where nothing is spent it does not matter whether the request took effect. */
  Reason outcomeUnknown() {
    return refresher.spendsRefreshToken() ? Reason.AMBIGUOUS : Reason.TRANSIENT;
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 504, 520, 524, 598, 599})
  void answerLostByAGateway_isAmbiguousAndNotTransient(int status) {
    for (String body : new String[] {"", "{\"error\":\"something else\"}", "<html><h1>Bad Gateway</h1></html>"}) {
      server.resetAll();
      answer(aResponse().withStatus(status).withHeader("Retry-After", "7").withBody(body));
      TokenException e = failure();
      assertEquals(outcomeUnknown(), e.reason());
      assertEquals(Duration.ofSeconds(7), e.retryAfter());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 504, 524})
  void endpointsOwnWordsThroughAGateway_count(int status) {
    answer(json(status, "{\"error\":\"invalid_grant\"}"));
    assertEquals(invalidGrant(), failure().reason());
    server.resetAll();
    answer(json(status, "{\"error\":\"invalid_client\"}"));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"ok\":false,\"error\":\"invalid_refresh_token\"}", "{\"ok\":false,\"error\":\"token_expired\"}",
      "{\"ok\":false,\"error\":\"token_revoked\"}", "{\"error\":\"invalid_code\"}",
      "{\"error\":\"bad_refresh_token\",\"error_description\":\"incorrect or expired\"}",
      "{\"status\":\"BAD_REFRESH_TOKEN\",\"message\":\"missing or invalid\"}",
      "{\"error\":{\"code\":400,\"message\":\"TOKEN_EXPIRED\",\"status\":\"INVALID_ARGUMENT\"}}",
      "{\"error\":{\"code\":400,\"message\":\"USER_DISABLED\"}}",
      "{\"error\":{\"code\":400,\"message\":\"USER_NOT_FOUND\"}}",
      "{\"error\":{\"code\":400,\"message\":\"INVALID_REFRESH_TOKEN\"}}",
      "{\"error\":\"invalid_request\",\"error_description\":\"The refresh_token is invalid.\",\"status\":\"error\"}"})
  void otherWordsForADeadToken_countWhateverTheStatus(String body) {
    for (int status : new int[] {200, 400, 401, 500}) {
      server.resetAll();
      answer(json(status, body));
      assertEquals(invalidGrant(), failure().reason(), () -> "status " + status);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"error\":\"invalid_request\",\"error_description\":\"missing or invalid refresh_token parameter\"}",
      "{\"error\":\"user_not_found\"}", "{\"status\":\"error\"}",
      "{\"error\":{\"code\":400,\"message\":\"INVALID_KEY\"}}"})
  void similarWords_killNoToken(String body) {
    answer(json(400, body));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 403, 500})
  void busyLock_isTransient(int status) {
    answer(json(status,
        "{\"error\":\"invalid_grant\",\"error_description\":\"token request is already being processed\"}"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  @ParameterizedTest
  @CsvSource({"temporarily_unavailable", "server_error", "too_many_requests"})
  void namedTransientErrors_overruleTheStatus(String code) {
    answer(json(400, "{\"error\":\"" + code + "\"}"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 401, 403, 500, 503})
  void webPage_isTransientAndKillsNoToken(int status) {
    answer(aResponse().withStatus(status).withHeader("Content-Type", "text/html; charset=utf-8")
        .withBody("<!doctype html><title>Sign in</title>"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  @Test
  void webPageWithoutLabel_isTransient() {
    answer(aResponse().withStatus(200).withBody("\n <html></html>"));
    assertEquals(Reason.TRANSIENT, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 307, 308})
  void redirect_isTransientAndNeverFollowed(int status) {
    elsewhere.stubFor(any(anyUrl()).willReturn(json(200, body("new-access-token", "new-refresh-token"))));
    for (String location : new String[] {"http://127.0.0.1:" + elsewhere.getPort() + "/token", "/other"}) {
      server.resetAll();
      answer(aResponse().withStatus(status).withHeader("Location", location));
      assertEquals(Reason.TRANSIENT, failure().reason());
    }
    elsewhere.verify(0, anyRequestedFor(anyUrl()));
  }

  @Test
  void retryAfter_handedOn() {
    answer(json(429, "{\"error\":\"too_many_requests\"}").withHeader("Retry-After", "7"));
    assertEquals(Duration.ofSeconds(7), failure().retryAfter());
  }

  @Test
  void retryAfterDate_countsFromTheServersClock() {
    answer(aResponse().withStatus(503).withHeader("Date", "Mon, 01 Jan 2001 00:00:00 GMT")
        .withHeader("Retry-After", "Mon, 01 Jan 2001 00:01:30 GMT"));
    assertEquals(Duration.ofSeconds(90), failure().retryAfter());
  }

  @ParameterizedTest
  @CsvSource(nullValues = "none", value = {"soon,none", "-5,none", "99999999999,none",
      "'Mon, 01 Jan 1990 00:00:00 GMT',PT0S", "999999999,PT24H"})
  void oddRetryAfter_doesNoHarm(String value, Duration expected) {
    answer(aResponse().withStatus(503).withHeader("Retry-After", value));
    assertEquals(expected, failure().retryAfter());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ok", "[]", "null", "{\"access", "{}", "{} {}", "{'accessToken':'x','access_token':'x'}",
      "{\"accessToken\":7,\"access_token\":7}", "{\"accessToken\":\"\",\"access_token\":\"\"}",
      "{\"accessToken\":null,\"access_token\":null}",
      "{\"ok\":false,\"error\":\"something else\"}", "{\"accessToken\":{},\"access_token\":[\"x\"]}"})
  void unreadableSuccess_isAmbiguous(String body) {
    answer(json(200, body));
    assertEquals(Reason.AMBIGUOUS, failure().reason());
  }

  @Test
  void oversizeSuccess_isAmbiguous() {
    answer(json(200, body("new-access-token", "new-refresh-token").replaceFirst("\\{",
        "{\"padding\":\"" + "x".repeat(1 << 20) + "\",")));
    TokenException e = failure();
    assertEquals(Reason.AMBIGUOUS, e.reason());
    assertTrue(e.getMessage().contains("1 MiB"), e.getMessage());
  }

  @Test
  void largeSuccessWithinTheBound_isRead() throws TokenException {
    answer(json(200, body("new-access-token", "new-refresh-token").replaceFirst("\\{",
        "{\"padding\":\"" + "x".repeat(1_000_000) + "\",")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/plain", "application/octet-stream"})
  void mislabelledTokens_areNotLost(String label) throws TokenException {
    answer(aResponse().withHeader("Content-Type", label).withBody(body("new-access-token", "new-refresh-token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @Test
  void forbiddenCharacterInAccessToken_keepsOnlyTheRefreshToken() throws TokenException {
    answer(json(200, body("new-access-token\\r\\nX-Evil: 1", "new-refresh-token")));
    TokenException failure = failure();
    assertEquals(Reason.CONFIGURATION, failure.reason());
    assertEquals(refresher.spendsRefreshToken() ? "new-refresh-token" : null, failure.rotatedRefreshToken());
  }

  @Test
  void forbiddenCharacterInAccessTokenAlone_isConfiguration() {
    answer(json(200, body("new-access-token\\u0000", null)));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @Test
  void echoedSecrets_areRedacted() {
    String echo = "you sent " + token() + " and " + clientSecret() + " and " + API_KEY;
    for (int status : new int[] {200, 400, 401, 429, 500}) {
      server.resetAll();
      answer(json(status, "{\"error\":\"" + echo + "\",\"error_description\":\"" + echo + "\",\"code\":\"" + echo
          + "\",\"message\":\"" + "x".repeat(190) + token() + "\"}"));
      failure();
    }
  }

  @Test
  void serversWords_arePutOnOneShortLine() {
    answer(json(500,
        "{\"error\":\"a\\r\\nb\\u001b[31mc\\u2028d\",\"error_description\":\"" + "y".repeat(5000) + "\"}"));
    String message = failure().getMessage();
    assertTrue(message.contains("a  b [31mc d"), message);
    assertTrue(message.length() < 500, message);
  }

  @Test
  void expiresWhenTheServerSays_evenIfThatIsNow() throws TokenException {
    answer(json(200, body("new-access-token", null).replaceFirst("\\{", "{\"expires_in\":\"0\",\"life\":0,")));
    Duration expected = this instanceof SessionRefreshTest ? null : Duration.ZERO;
    assertEquals(expected, refresher.refresh(current()).expiresIn());
  }

  @Test
  void bound_isTheRequestTimeout() {
    assertEquals(Duration.ofSeconds(20), refresher.attemptTimeout());
  }
}
