package org.everbearer.refresh;

import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

class WorkOsRefreshTest extends TokenRefresherContract {
  @Override
  TokenRefresher refresher(TokenEndpoint endpoint) {
    return WorkOsRefresh.builder(endpoint, "client_1").clientSecret(CLIENT_SECRET).build();
  }

  @Override
  String body(String accessToken, String refreshToken) {
    return "{\"user\":{\"id\":\"u\"},\"oauth_tokens\":{\"access_token\":\"third-party\","
        + "\"refresh_token\":\"third-party\",\"expires_at\":1}," + OAuthBody.of(accessToken, refreshToken).substring(1);
  }

  @Test
  void request_carriesTheOrganizationOfTheOldToken() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    refresher.refresh(TokenSet.of(Jwts.unsigned("{\"org_id\":\"org_2\"}"), SPENT));
    server.verify(1, postRequestedFor(anyUrl()).withRequestBody(equalToJson("{\"grant_type\":\"refresh_token\","
        + "\"client_id\":\"client_1\",\"client_secret\":\"" + CLIENT_SECRET + "\",\"refresh_token\":\"" + SPENT + "\","
        + "\"organization_id\":\"org_2\"}")));
  }

  @Test
  void publicClient_sendsNoSecret() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    try (Closing r = new Closing(WorkOsRefresh.builder(TokenEndpoint.builder("test")
        .base("http://127.0.0.1:" + server.getPort(), WorkOsRefresh.PATH).build(), "client_1")
        .organizationId("org_1").build())) {
      r.refresh(current());
    }
    server.verify(1, postRequestedFor(urlEqualTo("/user_management/authenticate"))
        .withRequestBody(equalToJson("{\"grant_type\":\"refresh_token\",\"client_id\":\"client_1\","
            + "\"refresh_token\":\"" + SPENT + "\",\"organization_id\":\"org_1\"}")));
  }

  @Test
  void thirdPartysTokens_areNeverPickedUp() {
    answer(json(200, "{\"oauth_tokens\":{\"access_token\":\"third-party\",\"refresh_token\":\"third-party\"}}"));
    assertEquals(Reason.AMBIGUOUS, failure().reason());
  }
}
