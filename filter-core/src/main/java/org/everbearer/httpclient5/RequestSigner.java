package org.everbearer.httpclient5;

import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.net.URIAuthority;
import org.everbearer.AccessToken;
import org.everbearer.Origin;
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
  TokenSource sourceFor(HttpRequest request, HttpRoute route, Object identity) throws NoTokenException {
    HttpHost target = route.getTargetHost();
    Header present = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    if (present != null && !isOurs(present)) return null;
    TokenSource source = null;
    // TRACE is echoed: no credentials in it (RFC 9110 §9.3.8).
    if (isMeantFor(target, request) && mayPass(route) && !Method.TRACE.isSame(request.getMethod())) {
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

  /**
   * Tells of the answer to a request that has gone out without a token, if it looks as if one was missing. Costs a look
   * at the status with any other.
   */
  void tellIfRefused(HttpRequest request, HttpRoute route, HttpResponse answer) {
    if (answer.getCode() != HttpStatus.SC_UNAUTHORIZED) return;
    // The caller's own, or those of HttpClient's own authentication.
    if (request.containsHeader(HttpHeaders.AUTHORIZATION) || !Verdict.isRejection(answer)) return;
    HttpHost target = route.getTargetHost();
    tokens.refusedWithoutToken(target.getSchemeName(), target.getHostName(), target.getPort());
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

  /** Between us and the target a proxy reads all that is not in a TLS tunnel to the target itself. */
  private boolean mayPass(HttpRoute route) {
    if (route.getProxyHost() == null) return true;
    HttpHost target = route.getTargetHost();
    boolean hidden = Origin.isSameName(URIScheme.HTTPS.id, target.getSchemeName()) && route.isTunnelled()
        && route.isLayered();
    return hidden || tokens.mayPassProxy(target.getSchemeName(), target.getHostName(), target.getPort());
  }

  /**
   * The route says where the bytes go; authority, Host header and path say which of the servers there gets the request.
   * A server may believe any of them, so what they say must be the same.
   */
  private static boolean isMeantFor(HttpHost target, HttpRequest request) {
    String scheme = request.getScheme();
    if (scheme != null && !Origin.isSameName(scheme, target.getSchemeName())) return false;
    URIAuthority authority = request.getAuthority();
    boolean same = authority == null || authority.getUserInfo() == null
        && isSame(target, authority.getHostName(), authority.getPort());
    if (!same) return false;
    Header host = request.getFirstHeader(HttpHeaders.HOST);
    if (host != null) {
      boolean single = host == request.getLastHeader(HttpHeaders.HOST);
      if (!single || host.getValue() == null || !isSame(target, host.getValue())) return false;
    }
    return isPathOf(target, request.getPath());
  }

  /** Origin form, or absolute form (RFC 9112 §3.2) of the same server, on one line and in one piece. */
  private static boolean isPathOf(HttpHost target, String path) {
    if (path == null || path.isEmpty() || path.equals("*")) return true;
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) <= ' ' || path.charAt(i) == 0x7f) return false;
    }
    // "//name/path" too is a path here, with an empty first segment: what a base URL that ends in a slash leads to.
    if (path.charAt(0) == '/') return true;
    int colon = path.indexOf("://");
    if (colon < 0 || !Origin.isSameName(path.substring(0, colon), target.getSchemeName())) return false;
    int start = colon + 3;
    int end = start;
    while (end < path.length() && "/?#".indexOf(path.charAt(end)) < 0) end++;
    return isSame(target, path.substring(start, end));
  }

  /** Exactly {@code host} or {@code host:port}: with user information, spaces or anything else it is another. */
  private static boolean isSame(HttpHost target, String authority) {
    int colon = authority.lastIndexOf(':');
    if (colon < 0 || authority.endsWith("]")) return isSame(target, authority, -1);
    int port = 0;
    for (int i = colon + 1; i < authority.length(); i++) {
      char c = authority.charAt(i);
      if (c < '0' || c > '9' || port > 65535) return false;
      port = 10 * port + (c - '0');
    }
    return port > 0 && isSame(target, authority.substring(0, colon), port);
  }

  private static boolean isSame(HttpHost target, String host, int port) {
    return portOf(target, target.getPort()) == portOf(target, port)
        && Origin.isSameName(bare(target.getHostName()), bare(host));
  }

  private static String bare(String host) {
    boolean brackets = host != null && host.startsWith("[") && host.endsWith("]");
    return brackets ? host.substring(1, host.length() - 1) : host;
  }

  private static int portOf(HttpHost target, int port) {
    return port >= 0 ? port : Origin.isSameName(URIScheme.HTTPS.id, target.getSchemeName()) ? 443 : 80;
  }
}
