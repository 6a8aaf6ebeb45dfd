package org.everbearer.refresh;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RefreshTokenGrantTest extends TokenRefresherContract {
  @Override
  TokenRefresher refresher(TokenEndpoint endpoint) {
    return RefreshTokenGrant.builder(endpoint).authentication(ClientAuthentication.post("web", CLIENT_SECRET))
        .scope("read write").audience("chat").resource("https://a").resource("https://b").build();
  }

  @Override
  String body(String accessToken, String refreshToken) {
    return OAuthBody.of(accessToken, refreshToken);
  }

  @Test
  void request_isTheFormOfTheRfc() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    refresher.refresh(current());
    server.verify(1, postRequestedFor(anyUrl())
        .withHeader("Content-Type", equalTo("application/x-www-form-urlencoded"))
        .withRequestBody(equalTo("grant_type=refresh_token&scope=read+write&audience=chat&resource=https%3A%2F%2Fa"
            + "&resource=https%3A%2F%2Fb&client_id=web&client_secret=s3cr3t+key%3A%25of%2Fthe%26client"
            + "&refresh_token=rt-spent%2B8f3a2b1c9d%2F4e%3D")));
  }

  @Test
  void nothingOptional_isSentUnasked() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    try (Closing r = new Closing(RefreshTokenGrant.builder(
        TokenEndpoint.builder("test").uri("http://127.0.0.1:" + server.getPort() + "/").build()).build())) {
      r.refresh(TokenSet.of(null, "r"));
    }
    server.verify(1, postRequestedFor(anyUrl()).withRequestBody(equalTo("grant_type=refresh_token&refresh_token=r")));
  }

  @Test
  void otherTokenType_isNotUsedAsBearer() throws TokenException {
    answer(json(200, "{\"access_token\":\"new-access-token\",\"token_type\":\"DPoP\",\"refresh_token\":\"next\"}"));
    assertEquals("next", failure().rotatedRefreshToken());
    server.resetRequests();
    answer(json(200, "{\"access_token\":\"new-access-token\",\"token_type\":\"DPoP\"}"));
    server.resetRequests();
    TokenException e = failure();
    assertEquals(Reason.CONFIGURATION, e.reason());
    assertTrue(e.getMessage().contains("DPoP"), e.getMessage());
  }

  @Test
  void unstorableRefreshToken_isConfiguration() {
    answer(json(200, body("new-access-token", "new-refresh-token\\n")));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @Test
  void emptyRefreshToken_countsAsOmitted() throws TokenException {
    answer(json(200, body("new-access-token", "")));
    assertNull(refresher.refresh(current()).refreshToken());
  }

  @Test
  void lifetime_fromTheReplysClockWhenTheServerDoesNotSayIt() throws TokenException {
    answer(json(200, "{\"access_token\":\"" + Jwts.unsigned("{\"iat\":978307200,\"exp\":978307500}") + "\"}")
        .withHeader("Date", "Mon, 01 Jan 2001 00:01:00 GMT"));
    assertEquals(Duration.ofSeconds(240), refresher.refresh(current()).expiresIn());
  }

  @Test
  void nestedErrorCode_isRead() {
    answer(json(400, "{\"error\":{\"code\":\"invalid_grant\"}}"));
    assertEquals(Reason.REJECTED, failure().reason());
  }
}
