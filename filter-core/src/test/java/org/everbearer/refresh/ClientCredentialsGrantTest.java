package org.everbearer.refresh;

import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.junit.jupiter.api.Test;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class ClientCredentialsGrantTest extends TokenRefresherContract {
  @Override
  TokenRefresher refresher(TokenEndpoint endpoint) {
    return ClientCredentialsGrant.builder(endpoint).authentication(ClientAuthentication.basic("my web", CLIENT_SECRET))
        .scope("read").build();
  }

  @Override
  String body(String accessToken, String refreshToken) {
    return OAuthBody.of(accessToken, refreshToken);
  }

  @Override
  Reason invalidGrant() {
    return Reason.CONFIGURATION;
  }

  @Test
  void noTokensYet_isTheUsualBeginning() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    assertEquals("new-access-token", refresher.refresh(null).accessToken());
    assertFalse(refresher.spendsRefreshToken());
    // base64("my+web:s3cr3t+key%3A%25of%2Fthe%26client"): both parts form-encoded first
    server.verify(1, postRequestedFor(anyUrl())
        .withHeader("Authorization", equalTo("Basic bXkrd2ViOnMzY3IzdCtrZXklM0ElMjVvZiUyRnRoZSUyNmNsaWVudA=="))
        .withRequestBody(equalTo("grant_type=client_credentials&scope=read")));
  }

  @Test
  void unauthorizedWithChallenge_isNotAnsweredByTheJvmsAuthenticator() {
    java.net.Authenticator.setDefault(new java.net.Authenticator() {
      @Override
      protected java.net.PasswordAuthentication getPasswordAuthentication() {
        return new java.net.PasswordAuthentication("somebody", "else".toCharArray());
      }
    });
    try {
      answer(json(401, "{}").withHeader("WWW-Authenticate", "Basic realm=\"x\""));
      assertEquals(Reason.CONFIGURATION, failure().reason());
    } finally {
      java.net.Authenticator.setDefault(null);
    }
  }
}
