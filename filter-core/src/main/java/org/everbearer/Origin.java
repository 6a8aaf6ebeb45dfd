package org.everbearer;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Scheme, host and port of a server that may receive a token (RFC 6454 §4). Two origins are equal when all three are,
 * with the scheme's default port filled in and case ignored. Immutable.
 */
public final class Origin {
  private final String scheme;
  private final String host;
  private final int port;

  private Origin(String scheme, String host, int port) {
    this.scheme = scheme;
    this.host = host;
    this.port = port;
  }

  /**
   * @param scheme {@code http} or {@code https}, in any case
   * @param host a name or an address; an IPv6 address with or without brackets
   * @param port the port, or a negative number for the scheme's default
   * @throws IllegalArgumentException if the scheme is another one, or the host is missing
   */
  public static Origin of(String scheme, String host, int port) {
    String s = scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
    if (!s.equals("http") && !s.equals("https")) throw new IllegalArgumentException("the scheme must be http or https");
    if (host == null || host.isEmpty()) throw new IllegalArgumentException("the host is missing");
    String h = host.toLowerCase(Locale.ROOT);
    if (h.startsWith("[") && h.endsWith("]")) h = h.substring(1, h.length() - 1);
    return new Origin(s, h, port < 0 ? s.equals("https") ? 443 : 80 : port);
  }

  /**
   * Reads {@code scheme://host[:port]}, with at most a slash behind it.
   *
   * @throws IllegalArgumentException if it is anything else; the message says which rule it breaks
   */
  public static Origin parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("an origin is scheme://host[:port]; " + e.getReason());
    }
    if (text.indexOf('*') >= 0) throw new IllegalArgumentException("an origin has no wildcard: list each origin");
    if (uri.getScheme() == null) {
      throw new IllegalArgumentException("an origin is scheme://host[:port]; did you mean https://" + text + "?");
    }
    if (uri.getHost() == null) throw new IllegalArgumentException("an origin is scheme://host[:port]");
    Origin origin = of(uri.getScheme(), uri.getHost(), uri.getPort());
    boolean more = uri.getRawPath() != null && !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")
        || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null;
    if (more) throw new IllegalArgumentException("an origin is scheme://host[:port] and nothing more: write " + origin);
    return origin;
  }

  /** In lower case: {@code https} or {@code http}. */
  public String scheme() {
    return scheme;
  }

  /** In lower case, without brackets. */
  public String host() {
    return host;
  }

  /** Always explicit. */
  public int port() {
    return port;
  }

  /** Whether a token may go there in plain sight of nobody: https, or a loopback host. */
  public boolean isSecure() {
    return scheme.equals("https") || isLoopback();
  }

  private boolean isLoopback() {
    return host.equals("localhost") || host.equals("::1") || host.equals("0:0:0:0:0:0:0:1")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /** Whether a request to these three goes to this origin. Allocates nothing when they are spelled as usual. */
  public boolean matches(String otherScheme, String otherHost, int otherPort) {
    // On the path of every request: the spelling is nearly always the same, and then this is a comparison of bytes.
    return (scheme.equals(otherScheme) || scheme.equalsIgnoreCase(otherScheme))
        && (otherPort < 0 ? port == (scheme.equals("https") ? 443 : 80) : port == otherPort)
        && sameHost(otherHost);
  }

  private boolean sameHost(String other) {
    if (other == null) return false;
    if (host.equals(other) || host.equalsIgnoreCase(other)) return true;
    return other.startsWith("[") && other.length() == host.length() + 2
        && other.regionMatches(true, 1, host, 0, host.length()) && other.endsWith("]");
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Origin)) return false;
    Origin that = (Origin) other;
    return port == that.port && scheme.equals(that.scheme) && host.equals(that.host);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * scheme.hashCode() + host.hashCode()) + port;
  }

  @Override
  public String toString() {
    boolean usual = port == (scheme.equals("https") ? 443 : 80);
    return scheme + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + (usual ? "" : ":" + port);
  }
}
