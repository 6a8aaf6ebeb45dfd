package org.everbearer.httpclient5;

import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.net.URIAuthority;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** Which requests get a token, and how it is attached: the part that both exec handlers share. */
final class RequestSigner {
  private static final int USUAL_COUNT = 8;

  private final OutboundTokens tokens;
  private final Function<String, BearerHeader> rendering;

  RequestSigner(OutboundTokens tokens) {
    this.tokens = tokens;
    this.rendering = token -> new BearerHeader(token, tokens);
  }

  /** The source of the token for this hop, or null when the request goes out untouched. */
  TokenSource sourceFor(HttpRequest request, HttpHost target, Object identity) throws NoTokenException {
    Header present = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    if (present != null && !isOurs(present)) return null;
    TokenSource source = null;
    // TRACE is echoed: no credentials in it (RFC 9110 §9.3.8).
    if (isMeantFor(target, request) && !Method.TRACE.isSame(request.getMethod())) {
      try {
        source = tokens.sourceFor(identity, target.getSchemeName(), target.getHostName(), target.getPort());
      } catch (TokenException e) {
        throw new NoTokenException(e);
      }
    }
    // Ours, of another hop or try: it may be for another origin, or stale.
    if (present != null) request.removeHeader(present);
    return source;
  }

  /** Adds the header to a request that has none. */
  void sign(HttpRequest request, AccessToken token) {
    BearerHeader header = token.rendered(BearerHeader.class, rendering);
    // Two OutboundTokens share one source: the memo belongs to the other one.
    if (!header.isOwnedBy(tokens)) header = rendering.apply(token.value());
    request.addHeader(header);
  }

  /**
   * What {@link #restore} puts back: those below us add to a request, replace and remove. One by one, since {@code
   * getHeaders()} lets the JVM check each element of the copy in its slowest way; what is over in the array stays null.
   */
  static Header[] headersOf(HttpRequest request) {
    Header[] headers = new Header[USUAL_COUNT];
    int count = 0;
    for (Iterator<Header> each = request.headerIterator(); each.hasNext(); count++) {
      if (count == headers.length) headers = Arrays.copyOf(headers, 2 * count);
      headers[count] = each.next();
    }
    return headers;
  }

  static void restore(HttpRequest request, Header[] headers) {
    request.setHeaders();
    for (Header header : headers) {
      if (header == null) return;
      request.addHeader(header);
    }
  }

  private boolean isOurs(Header header) {
    return header instanceof BearerHeader && ((BearerHeader) header).isOwnedBy(tokens);
  }

  /** The route says where the bytes go, the authority which virtual host gets them: one alone proves nothing. */
  private static boolean isMeantFor(HttpHost target, HttpRequest request) {
    String scheme = request.getScheme();
    if (scheme != null && !isSame(scheme, target.getSchemeName())) return false;
    URIAuthority authority = request.getAuthority();
    if (authority != null && !isSame(target, authority)) return false;
    Header host = request.getFirstHeader(HttpHeaders.HOST);
    if (host == null) return true;
    try {
      return isSame(target, URIAuthority.create(host.getValue()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isSame(HttpHost target, NamedEndpoint other) {
    return other != null
        && portOf(target, target) == portOf(target, other)
        && isSame(target.getHostName(), other.getHostName());
  }

  private static boolean isSame(String one, String other) {
    // Nearly always equal, and the JVM compares equal strings many times faster this way.
    return one.equals(other) || one.equalsIgnoreCase(other);
  }

  private static int portOf(HttpHost target, NamedEndpoint endpoint) {
    int port = endpoint.getPort();
    return port >= 0 ? port : isSame(URIScheme.HTTPS.id, target.getSchemeName()) ? 443 : 80;
  }
}
