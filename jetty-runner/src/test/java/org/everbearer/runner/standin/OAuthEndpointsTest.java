package org.everbearer.runner.standin;

import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OAuthEndpointsTest {
  private static final String TOKEN = "/oauth/token";

  private StandIn standIn;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    standIn = StandIn.start(StandInOptions.defaults().withAlgorithm("ES256").withReuseGrace(Duration.ZERO)
        .withAccessTokenLifetime(Duration.ofSeconds(90)));
    browser = new Browser(standIn);
  }

  @AfterEach
  void stop() {
    standIn.close();
  }

  @Test
  void refreshToken_isRotatedForABasicClient() throws Exception {
    TokenPair first = standIn.newFamily("user_1", null);
    HttpResponse<String> reply = browser.postForm(TOKEN, refresh(first), "Authorization", basic("demo-secret"));
    assertEquals(200, reply.statusCode());
    assertEquals("Bearer", Browser.text(reply, "token_type"));
    assertEquals(90, Browser.json(reply).get("expires_in").getAsInt());
    assertNotEquals(first.refreshToken(), Browser.text(reply, "refresh_token"));
    assertEquals(200, browser.chat(Browser.text(reply, "access_token")).statusCode());
    assertEquals(1, standIn.stats().rotations());
  }

  @Test
  void refreshToken_isRotatedForAPostClientAndForAPublicOne() throws Exception {
    TokenPair first = standIn.newFamily("user_1", null);
    HttpResponse<String> second = browser.postForm(TOKEN, Map.of("grant_type", "refresh_token",
        "refresh_token", first.refreshToken(), "client_id", StandIn.CLIENT_ID, "client_secret", StandIn.CLIENT_SECRET));
    assertEquals(200, second.statusCode());
    HttpResponse<String> third = browser.postForm(TOKEN, Map.of("grant_type", "refresh_token",
        "refresh_token", Browser.text(second, "refresh_token"), "client_id", StandIn.PUBLIC_CLIENT_ID));
    assertEquals(200, third.statusCode());
  }

  @Test
  void spentToken_isAnInvalidGrant() throws Exception {
    TokenPair first = standIn.newFamily("user_1", null);
    browser.postForm(TOKEN, refresh(first), "Authorization", basic("demo-secret"));
    HttpResponse<String> reuse = browser.postForm(TOKEN, refresh(first), "Authorization", basic("demo-secret"));
    assertEquals(400, reuse.statusCode());
    assertEquals("invalid_grant", Browser.text(reuse, "error"));
    assertEquals(1, standIn.stats().reuses());
  }

  @Test
  void clientCredentials_giveAnAccessTokenAlone() throws Exception {
    HttpResponse<String> reply = browser.postForm(TOKEN, Map.of("grant_type", "client_credentials", "scope", "a b"),
        "Authorization", basic("demo-secret"));
    assertEquals(200, reply.statusCode());
    assertFalse(Browser.json(reply).has("refresh_token"));
    assertEquals("a b", Browser.text(reply, "scope"));
    assertEquals(200, browser.chat(Browser.text(reply, "access_token")).statusCode());
    assertEquals(1, standIn.stats().clientCredentials());
  }

  @Test
  void unauthenticatedClient_isRefusedAndSpendsNothing() throws Exception {
    TokenPair first = standIn.newFamily("user_1", null);
    for (String authorization : new String[] {basic("wrong"), "Basic !!!", "Basic " + base64("no-colon"), "Bearer x",
        basic("%zz")}) {
      HttpResponse<String> reply = browser.postForm(TOKEN, refresh(first), "Authorization", authorization);
      assertEquals(401, reply.statusCode(), authorization);
      assertEquals("invalid_client", Browser.text(reply, "error"));
      assertTrue(reply.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic"));
    }
    assertEquals(401, browser.postForm(TOKEN, refresh(first)).statusCode());
    assertEquals(0, standIn.stats().rotations());
  }

  @Test
  void publicClient_cannotActForItself() throws Exception {
    HttpResponse<String> reply = browser.postForm(TOKEN,
        Map.of("grant_type", "client_credentials", "client_id", StandIn.PUBLIC_CLIENT_ID));
    assertEquals("unauthorized_client", Browser.text(reply, "error"));
  }

  @Test
  void wrongRequests_areToldApart() throws Exception {
    String basic = basic("demo-secret");
    assertEquals("unsupported_grant_type", Browser.text(browser.postForm(TOKEN, Map.of("grant_type", "password"),
        "Authorization", basic), "error"));
    assertEquals("invalid_request", Browser.text(browser.postForm(TOKEN, Map.of("scope", "a"),
        "Authorization", basic), "error"));
    assertEquals("invalid_request", Browser.text(browser.postForm(TOKEN, Map.of("grant_type", "refresh_token"),
        "Authorization", basic), "error"));
    assertEquals("invalid_request", Browser.text(browser.postJson(TOKEN, "{}", "Authorization", basic), "error"));
  }

  @Test
  void metadata_namesTheIssuerAndEndpointsThatAnswer() throws Exception {
    JsonObject metadata = Browser.json(browser.get("/.well-known/oauth-authorization-server"));
    String base = standIn.baseUri().toString();
    assertEquals(base, metadata.get("issuer").getAsString());
    assertEquals(base + TOKEN, metadata.get("token_endpoint").getAsString());
    String keys = browser.get(metadata.get("jwks_uri").getAsString().substring(base.length())).body();
    assertTrue(keys.contains("\"kty\":\"EC\""), keys);
  }

  private static Map<String, String> refresh(TokenPair pair) {
    return Map.of("grant_type", "refresh_token", "refresh_token", pair.refreshToken());
  }

  private static String basic(String secret) {
    return "Basic " + base64(StandIn.CLIENT_ID + ":" + secret);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
