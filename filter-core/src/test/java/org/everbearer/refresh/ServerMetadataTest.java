package org.everbearer.refresh;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.everbearer.refresh.TokenRefresherContract.current;
import static org.everbearer.refresh.TokenRefresherContract.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ServerMetadataTest {
  private static final String RFC8414 = "/.well-known/oauth-authorization-server/tenant";
  private static final String OIDC = "/tenant/.well-known/openid-configuration";

  @RegisterExtension
  static final WireMockExtension server = WireMockExtension.newInstance()
      .options(options().dynamicPort().bindAddress("127.0.0.1")).build();

  private TokenRefresher refresher;

  @BeforeEach
  void open() {
    refresher = refresher(issuer(), Duration.ofSeconds(30));
    server.stubFor(post("/token").willReturn(json(200, OAuthBody.of("new-access-token", "new-refresh-token"))));
  }

  @AfterEach
  void close() {
    refresher.close();
  }

  private static TokenRefresher refresher(String issuer, Duration timeout) {
    return RefreshTokenGrant.builder(TokenEndpoint.builder("test").issuer(issuer).header("X-Api-Key", "k")
        .requestTimeout(timeout).build()).build();
  }

  private static String base() {
    return "http://127.0.0.1:" + server.getPort();
  }

  private static String issuer() {
    return base() + "/tenant";
  }

  private static ResponseDefinitionBuilder document(String issuer, String tokenEndpoint) {
    return json(200, "{\"issuer\":\"" + issuer + "\",\"token_endpoint\":\"" + tokenEndpoint + "\"}");
  }

  private TokenException failure() {
    TokenException e = assertThrows(TokenException.class, () -> refresher.refresh(current()));
    TokenRefresherContract.assertTellsNoSecret(e);
    return e;
  }

  private void assertNothingSent() {
    server.verify(0, postRequestedFor(anyUrl()));
  }

  @Test
  void rfc8414_readOnceAndWithoutTheEndpointsHeaders() throws TokenException {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    server.verify(0, anyRequestedFor(anyUrl()));
    refresher.refresh(current());
    refresher.refresh(current());
    server.verify(1, getRequestedFor(urlEqualTo(RFC8414)).withHeader("X-Api-Key", absent()));
    server.verify(0, getRequestedFor(urlEqualTo(OIDC)));
    server.verify(2, postRequestedFor(urlEqualTo("/token")));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 400, 401, 500})
  void discovery_isTheSecondPlace(int first) throws TokenException {
    server.stubFor(get(RFC8414).willReturn(aResponse().withStatus(first)));
    server.stubFor(get(OIDC).willReturn(document(issuer(), base() + "/token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @Test
  void webPageInTheFirstPlace_isNoDocument() throws TokenException {
    server.stubFor(get(RFC8414).willReturn(aResponse().withHeader("Content-Type", "text/html").withBody("<html>")));
    server.stubFor(get(OIDC).willReturn(document(issuer(), base() + "/token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @Test
  void issuerWithSlash_asksTheSamePlacesAndIsComparedAsWritten() throws TokenException {
    server.stubFor(get(RFC8414).willReturn(document(issuer() + "/", base() + "/token")));
    try (Closing r = new Closing(refresher(issuer() + "/", Duration.ofSeconds(30)))) {
      assertEquals("new-access-token", r.refresh(current()).accessToken());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example.com", "", "http://127.0.0.1/tenant/"})
  void otherIssuer_isRefused(String other) {
    server.stubFor(get(RFC8414).willReturn(document(other, base() + "/token")));
    server.stubFor(get(OIDC).willReturn(document(issuer(), base() + "/token")));
    TokenException e = failure();
    assertEquals(Reason.CONFIGURATION, e.reason());
    assertTrue(e.getMessage().contains(issuer()) && e.getMessage().contains(other), e.getMessage());
    assertNothingSent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://id.example.com/token", "https://a:b@id.example.com/token", "/token", ""})
  void unfitTokenEndpoint_isRefused(String endpoint) {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), endpoint)));
    TokenException e = failure();
    assertEquals(Reason.CONFIGURATION, e.reason());
    assertTrue(e.getMessage().contains("token_endpoint"), e.getMessage());
    assertNothingSent();
  }

  @ParameterizedTest
  @CsvSource({"404,404,CONFIGURATION", "404,503,TRANSIENT", "503,404,TRANSIENT", "429,404,TRANSIENT",
      "302,302,TRANSIENT"})
  void missingDocuments_areClassifiedAndTriedAgain(int first, int second, Reason reason) throws TokenException {
    server.stubFor(get(RFC8414).willReturn(aResponse().withStatus(first).withHeader("Location", "/x")));
    server.stubFor(get(OIDC).willReturn(aResponse().withStatus(second).withHeader("Location", "/x")));
    assertEquals(reason, failure().reason());
    server.verify(0, getRequestedFor(urlEqualTo("/x")));
    assertNothingSent();
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @Test
  void retryAfter_handedOn() {
    server.stubFor(get(RFC8414).willReturn(aResponse().withStatus(503).withHeader("Retry-After", "9")));
    assertEquals(Duration.ofSeconds(9), failure().retryAfter());
  }

  @Test
  void brokenOffDocument_isNotSent() throws Exception {
    try (RawServer raw = new RawServer((socket, out) ->
        RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"));
        Closing r = new Closing(refresher("http://127.0.0.1:" + raw.port(), Duration.ofSeconds(30)))) {
      TokenException e = assertThrows(TokenException.class, () -> r.refresh(current()));
      assertEquals(Reason.NOT_SENT, e.reason());
      String request = raw.requests.get(0);
      assertTrue(request.startsWith("GET /.well-known/oauth-authorization-server HTTP"), request);
    }
  }

  @Test
  void silentDocument_leavesNothingSent() throws Exception {
    try (RawServer raw = new RawServer((socket, out) -> socket.getInputStream().read());
        Closing r = new Closing(refresher("http://127.0.0.1:" + raw.port(), Duration.ofMillis(400)))) {
      TokenException e = assertThrows(TokenException.class, () -> r.refresh(current()));
      assertEquals(Reason.NOT_SENT, e.reason());
      assertEquals(1, raw.requests.size());
    }
  }

  @Test
  void movedEndpoint_isFoundAtTheNextAttempt() throws TokenException {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/old")));
    server.stubFor(post("/old").willReturn(aResponse().withStatus(404)));
    assertEquals(Reason.CONFIGURATION, failure().reason());
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }
}
