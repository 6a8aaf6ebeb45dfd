package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  private static final HttpHost TARGET = new HttpHost("https", "api.example.com", 443);

  private final ScriptedTokenSource source = ScriptedTokenSource.valid("t");
  private final OutboundTokens tokens = OutboundTokens.of(source, Origin.parse("https://api.example.com"));
  private final RequestSigner signer = new RequestSigner(tokens);

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
    HttpHost target = new HttpHost(scheme, host, port);
    assertNull(signer.sourceFor(request(null, null, 0), target, null));
    assertNull(signer.sourceFor(request("https", "api.example.com", 443), target, null));
  }

  @ParameterizedTest
  @CsvSource({"api.example.com, true", "API.example.com:443, true", "evil.example, false", "api.example.com:80, false",
      "'bad host', false", "'', false"})
  void hostHeaderOfTheCaller_mustAgree(String value, boolean agrees) throws Exception {
    HttpRequest request = request("https", "api.example.com", -1);
    request.setHeader("Host", value);
    assertEquals(agrees, signer.sourceFor(request, TARGET, null) != null);
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
    assertNull(signer.sourceFor(request, new HttpHost("https", "evil.example", 443), null));
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
