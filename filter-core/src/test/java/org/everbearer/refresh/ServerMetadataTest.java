package org.everbearer.refresh;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
  @CsvSource({"404,404,CONFIGURATION", "404,503,TRANSIENT", "502,504,TRANSIENT", "503,404,TRANSIENT",
      "429,404,TRANSIENT", "302,302,TRANSIENT"})
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
  void completeDocumentOfABrokenFraming_isRead() throws Exception {
    try (RawServer raw = new RawServer((socket, out) -> RawServer.write(out, "HTTP/1.1 200 OK\r\n"
        + "Content-Length: 999\r\n\r\n{\"issuer\":\"http://127.0.0.1:" + socket.getLocalPort()
        + "\",\"token_endpoint\":\"" + base() + "/token\"}"));
        Closing r = new Closing(refresher("http://127.0.0.1:" + raw.port(), Duration.ofSeconds(30)))) {
      assertEquals("new-access-token", r.refresh(current()).accessToken());
      assertTrue(raw.requests.get(0).contains("Accept-Encoding: identity\r\n"), raw.requests.get(0));
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

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  @Test
  void endpointWhoseHostIsGone_isLookedUpAgain() throws Exception {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), "http://127.0.0.1:" + freePort() + "/token")));
    assertEquals(Reason.NOT_SENT, failure().reason());
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
  }

  @ParameterizedTest
  @ValueSource(ints = {503, 404, 302})
  void doubtedDocumentThatCannotBeHad_isStillBelieved(int status) throws Exception {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    server.stubFor(post("/token").willReturn(aResponse().withStatus(404)));
    assertEquals(Reason.CONFIGURATION, failure().reason());
    server.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(status)));
    server.stubFor(post("/token").willReturn(json(200, OAuthBody.of("new-access-token", "new-refresh-token"))));
    assertEquals("new-access-token", refresher.refresh(current()).accessToken());
    server.verify(2, getRequestedFor(urlEqualTo(RFC8414)));
  }

  @Test
  void doubtedDocumentThatNowSaysOtherwise_isNotBelieved() throws Exception {
    server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
    server.stubFor(post("/token").willReturn(aResponse().withStatus(404)));
    assertEquals(Reason.CONFIGURATION, failure().reason());
    server.resetRequests();
    server.stubFor(get(RFC8414).willReturn(document("https://evil.example.com", base() + "/token")));
    for (int i = 0; i < 2; i++) assertTrue(failure().getMessage().contains("evil.example.com"));
    assertNothingSent();
  }

  @Test
  void document_isReadAgainEachDayAndKeptWhileItCannotBeHad() throws Exception {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    ServerMetadata metadata = new ServerMetadata(issuer(), false, now::get);
    try (TokenHttp http = new TokenHttp("test", Duration.ofSeconds(5))) {
      server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/old")));
      assertEquals("/old", path(metadata, http));
      server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/token")));
      now.addAndGet(Duration.ofHours(23).toNanos());
      assertEquals("/old", path(metadata, http));
      server.verify(1, anyRequestedFor(anyUrl()));
      now.addAndGet(Duration.ofHours(2).toNanos());
      assertEquals("/token", path(metadata, http));
      server.verify(2, anyRequestedFor(anyUrl()));

      server.resetAll();
      server.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(503)));
      now.addAndGet(Duration.ofHours(25).toNanos());
      for (int i = 0; i < 3; i++) assertEquals("/token", path(metadata, http));
      server.verify(1, getRequestedFor(urlEqualTo(RFC8414)));
      now.addAndGet(Duration.ofSeconds(11).toNanos());
      assertEquals("/token", path(metadata, http));
      server.verify(2, getRequestedFor(urlEqualTo(RFC8414)));

      server.stubFor(get(RFC8414).willReturn(document(issuer(), base() + "/newest")));
      now.addAndGet(Duration.ofSeconds(11).toNanos());
      assertEquals("/newest", path(metadata, http));
    }
  }

  private static String path(ServerMetadata metadata, TokenHttp http) throws TokenException {
    return metadata.target(http, Deadline.in(Duration.ofSeconds(50))).uri().getPath();
  }

  @Test
  void hangingIssuer_leavesTimeForTheRefreshAndIsAskedByOneOfMany() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    RawServer.Script script = (socket, out) -> {
      if (hangs.get()) socket.getInputStream().read();
      RawServer.write(out, "HTTP/1.1 200 OK\r\n\r\n{\"issuer\":\"http://127.0.0.1:" + socket.getLocalPort()
          + "\",\"token_endpoint\":\"" + base() + "/token\"}");
    };
    try (RawServer raw = new RawServer(script);
        Closing r = new Closing(refresher("http://127.0.0.1:" + raw.port(), Duration.ofSeconds(8)))) {
      server.stubFor(post("/token").willReturn(aResponse().withStatus(404)));
      assertThrows(TokenException.class, () -> r.refresh(current()));
      hangs.set(true);
      server.stubFor(post("/token").willReturn(json(200, OAuthBody.of("new-access-token", "new-refresh-token"))));
      for (int i = 0; i < 3; i++) assertEquals("new-access-token", r.refresh(current()).accessToken());
      assertEquals(2, raw.requests.size());
    }
  }
}
