package org.everbearer.refresh;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.junit.jupiter.api.Assertions.assertEquals;

class TokenExchangeTest extends TokenRefresherContract {
  private TokenExchange exchange;

  @Override
  TokenRefresher refresher(TokenEndpoint endpoint) {
    exchange = TokenExchange.builder(endpoint).authentication(ClientAuthentication.basic("web", CLIENT_SECRET))
        .audience("chat").build();
    return exchange.forSubject(SPENT);
  }

  @AfterEach
  void closeExchange() {
    exchange.close();
  }

  @Override
  String body(String accessToken, String refreshToken) {
    return "{\"issued_token_type\":\"" + TokenExchange.ACCESS_TOKEN + "\","
        + OAuthBody.of(accessToken, refreshToken).substring(1);
  }

  @Test
  void request_isTheFormOfTheRfc() throws TokenException {
    answer(json(200, body("new-access-token", null).replaceFirst("\\{", "{\"expires_in\":60,")));
    assertEquals(TokenSet.of("new-access-token", null).expiresIn(Duration.ofMinutes(1)), exchange.exchange("s+1"));
    server.verify(1, postRequestedFor(anyUrl()).withRequestBody(equalTo(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&audience=chat&subject_token=s%2B1"
        + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
        + "&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token")));
  }

  @Test
  void closedSubject_leavesTheExchangeOpen() throws TokenException {
    answer(json(200, body("new-access-token", null)));
    refresher.close();
    assertEquals("new-access-token", exchange.exchange("s").accessToken());
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:id_token\",\"token_type\":\"Bearer\"",
      "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\",\"token_type\":\"N_A\""})
  void tokenOfAnotherType_isNotUsed(String types) {
    answer(json(200, "{\"access_token\":\"new-access-token\"," + types + "}"));
    assertEquals(Reason.CONFIGURATION, failure().reason());
  }

  @Test
  void jwtInsteadOfAccessToken_isUsed() throws TokenException {
    answer(json(200, "{\"access_token\":\"new-access-token\",\"issued_token_type\":\"" + TokenExchange.JWT + "\"}"));
    assertEquals("new-access-token", exchange.exchange("s").accessToken());
  }
}
