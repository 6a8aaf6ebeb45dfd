package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.RouteInfo.LayerType;
import org.apache.hc.client5.http.RouteInfo.TunnelType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.everbearer.AccessToken;
import org.everbearer.Origin;
import org.everbearer.TestAccessTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSignerTest {
  private static final HttpRoute TARGET = route("https", "api.example.com", 443);

  private final ScriptedTokenSource source = ScriptedTokenSource.valid("t");
  private final OutboundTokens tokens = OutboundTokens.of(source, Origin.parse("https://api.example.com"));
  private final RequestSigner signer = new RequestSigner(tokens);

  private static HttpRoute route(String scheme, String host, int port) {
    return new HttpRoute(new HttpHost(scheme, host, port), null, scheme.equals("https"));
  }

  private static HttpRequest request(String scheme, String host, int port) {
    HttpRequest request = new BasicHttpRequest("GET", "/");
    request.setScheme(scheme);
    request.setAuthority(host == null ? null : new URIAuthority(host, port));
    return request;
  }

  @ParameterizedTest
  @CsvSource({"https, api.example.com, -1", "HTTPS, API.example.com, 443", ", , 0"})
  void requestForTheTarget_getsTheSource(String scheme, String host, int port) throws Exception {
    assertSame(source, signer.sourceFor(request(scheme, host, port), TARGET, null));
  }

  @ParameterizedTest
  @CsvSource({"http, api.example.com, -1", "https, api.example.com, 8443", "https, evil.example, 443",
      "https, api.example.com., 443"})
  void requestForAnotherAuthority_getsNone(String scheme, String host, int port) throws Exception {
    assertNull(signer.sourceFor(request(scheme, host, port), TARGET, null));
  }

  @ParameterizedTest
  @CsvSource({"http, api.example.com, 443", "https, api.example.com, 8443", "https, evil.example, 443"})
  void routeToAnotherTarget_getsNone(String scheme, String host, int port) throws Exception {
    HttpRoute target = route(scheme, host, port);
    assertNull(signer.sourceFor(request(null, null, 0), target, null));
    assertNull(signer.sourceFor(request("https", "api.example.com", 443), target, null));
  }

  @ParameterizedTest
  @CsvSource({"api.example.com, true", "API.example.com:443, true", "evil.example, false", "api.example.com:80, false",
      "'bad host', false", "'', false", "user@api.example.com, false", "user@api.example.com:443, false",
      "'api.example.com ', false", "' api.example.com', false", "'api.example.com, evil.example', false",
      "api.example.com:, false", "api.example.com:+443, false", "api.example.com:4294967739, false",
      "api.example.com:0443, true", "ap\u0131.example.com, false", "api.example.com#, false"})
  void hostHeaderOfTheCaller_mustAgree(String value, boolean agrees) throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    request.setHeader("Host", value);
    assertEquals(agrees, signer.sourceFor(request, TARGET, null) != null);
  }

  @ParameterizedTest
  @CsvSource({"api.example.com, evil.example", "evil.example, api.example.com", "api.example.com, api.example.com"})
  void twoHostHeaders_getNone(String one, String other) throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    request.addHeader("Host", one);
    request.addHeader("hOST", other);
    assertNull(signer.sourceFor(request, TARGET, null));
  }

  @ParameterizedTest
  @CsvSource({"/, true", "/v1?to=https://evil.example/, true", "*, true", "'', true", ", true",
      "//evil.example/, true", "https://api.example.com/v1, true", "HTTPS://API.example.com:443?x, true",
      "https://evil.example/v1, false", "http://api.example.com/v1, false", "https://api.example.com:8443/, false",
      "https://api.example.com@evil.example/, false", "https://evil.example@api.example.com/, false",
      "https://api.example.com\\@evil.example/, false", "evil.example:443, false", "v1, false", "'/a b', false",
      "'/ HTTP/1.1\n', false", "'/\t', false", "https:evil.example, false"})
  void path_mustNameNoOtherServer(String path, boolean agrees) throws Exception {
    // Some lines of HttpClient refuse some of these themselves, others hand them on.
    HttpRequest request = new BasicHttpRequest("GET", "/") {
      private static final long serialVersionUID = 1L;

      @Override
      public String getPath() {
        return path;
      }
    };
    request.setScheme("https");
    request.setAuthority(new URIAuthority("api.example.com"));
    assertEquals(agrees, signer.sourceFor(request, TARGET, null) != null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "user:password", ""})
  void userInAuthority_getsNone(String user) throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    request.setAuthority(new URIAuthority(user, "api.example.com", -1));
    assertNull(signer.sourceFor(request, TARGET, null));
  }

  @Test
  void addressInBrackets_isTheSameHost() throws Exception {
    RequestSigner local = new RequestSigner(OutboundTokens.of(source, Origin.parse("http://[::1]:8080")));
    for (String authority : new String[] {"::1", "[::1]"}) {
      HttpRequest request = request("http", authority, 8080);
      request.setHeader("Host", "[::1]:8080");
      assertSame(source, local.sourceFor(request, route("http", "::1", 8080), null));
      request.setHeader("Host", "[::1]");
      assertNull(local.sourceFor(request, route("http", "::1", 8080), null));
    }
  }

  @ParameterizedTest
  @CsvSource({"https, api.example.com, TUNNELLED, LAYERED, true", "https, api.example.com, TUNNELLED, PLAIN, false",
      "https, api.example.com, PLAIN, PLAIN, false", "http, localhost, PLAIN, PLAIN, false",
      "http, 127.0.0.1, PLAIN, PLAIN, false", "http, localhost, TUNNELLED, PLAIN, false"})
  void proxyThatCanReadTheToken_isSentNone(String scheme, String host, TunnelType tunnel, LayerType layer,
      boolean hidden) throws Exception {
    HttpHost target = new HttpHost(scheme, host, 8443);
    HttpHost[] proxies = {new HttpHost("http", "proxy.example.com", 3128)};
    HttpRoute route =
        new HttpRoute(target, (InetAddress) null, proxies, scheme.equals("https"), tunnel, layer);
    RequestSigner strict = new RequestSigner(OutboundTokens.of(source, Origin.of(scheme, host, 8443)));
    assertEquals(hidden, strict.sourceFor(request(null, null, 0), route, null) != null);
    assertSame(source, strict.sourceFor(request(null, null, 0), route(scheme, host, 8443), null));
  }

  @Test
  void proxyOnATrustedNetwork_mayReadTheToken() throws Exception {
    HttpRoute route = new HttpRoute(new HttpHost("http", "api.internal", 80), new HttpHost("http", "proxy", 3128));
    RequestSigner trusting = new RequestSigner(new UserTokens(Origin.parse("http://api.internal")));
    assertTrue(trusting.sourceFor(request(null, null, 0), route, "ann") != null);
  }

  @Test
  void trace_getsNone() throws Exception {
    HttpRequest trace = new BasicHttpRequest("TRACE", "/");
    assertNull(signer.sourceFor(trace, TARGET, null));
  }

  @Test
  void ourHeaderOfAnEarlierTry_isReplaced() throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    signer.sign(request, TestAccessTokens.of("old"));
    assertSame(source, signer.sourceFor(request, TARGET, null));
    signer.sign(request, TestAccessTokens.of("new"));
    assertEquals(1, request.countHeaders("Authorization"));
    assertEquals("Bearer new", request.getFirstHeader("Authorization").getValue());
  }

  @Test
  void ourHeaderOfAnEarlierHop_isTakenOffForAForeignOrigin() throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    signer.sign(request, TestAccessTokens.of("secret"));
    request.setAuthority(new URIAuthority("evil.example", -1));
    assertNull(signer.sourceFor(request, route("https", "evil.example", 443), null));
    assertFalse(request.containsHeader("Authorization"));
  }

  @Test
  void headerOfAnotherClient_isLeftAlone() throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    new RequestSigner(OutboundTokens.of(source, Origin.parse("https://api.example.com")))
        .sign(request, TestAccessTokens.of("other"));
    assertNull(signer.sourceFor(request, TARGET, null));
    assertTrue(request.containsHeader("Authorization"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 20})
  void headersOfTheFirstAttempt_arePutBackAsTheyWere(int count) {
    HttpRequest request = request("https", "api.example.com", -1);
    for (int i = 0; i < count; i++) request.addHeader("X-" + i, "before");
    Header[] before = request.getHeaders();
    Header[] kept = RequestSigner.headersOf(request);
    signer.sign(request, TestAccessTokens.of("t"));
    request.setHeader("X-0", "replaced on the way");
    request.removeHeaders("X-1");
    request.addHeader("Cookie", "added on the way");
    RequestSigner.restore(request, kept);
    assertArrayEquals(before, request.getHeaders());
  }

  @Test
  void header_isMadeOncePerToken() {
    AccessToken token = TestAccessTokens.of("t");
    HttpRequest request = request("https", "api.example.com", -1);
    signer.sign(request, token);
    Header first = request.getFirstHeader("Authorization");
    signer.sign(request, token);
    assertSame(first, request.getLastHeader("Authorization"));
    signer.sign(request, TestAccessTokens.of("t"));
    assertNotSame(first, request.getLastHeader("Authorization"));
  }

  @Test
  void header_isSensitiveAndPrintsNoToken() {
    HttpRequest request = request("https", "api.example.com", -1);
    signer.sign(request, TestAccessTokens.of("secret"));
    Header header = request.getFirstHeader("Authorization");
    assertTrue(header.isSensitive());
    assertEquals("Authorization: Bearer ***", header.toString());
  }

  @Test
  void originsThatCannotBeSafe_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> OutboundTokens.of(source));
    IllegalArgumentException plain = assertThrows(IllegalArgumentException.class,
        () -> OutboundTokens.of(source, Origin.parse("http://api.example.com")));
    assertTrue(plain.getMessage().contains("http://api.example.com"), plain.getMessage());
  }
}
