package org.everbearer;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Scheme, host and port of a server that may receive a token (RFC 6454 §4). Two origins are equal when all three are,
 * with the scheme's default port filled in and the case of ASCII letters ignored. Hosts are ASCII: of a name in another
 * script only the punycode form counts, since two that look or fold alike may lead to different servers. Immutable.
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
   * @throws IllegalArgumentException if the scheme is another one, the host is missing or not ASCII, or the port is
   *     none from 1 to 65535
   */
  public static Origin of(String scheme, String host, int port) {
    String s = scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
    if (!s.equals("http") && !s.equals("https")) throw new IllegalArgumentException("the scheme must be http or https");
    if (host == null || host.isEmpty()) throw new IllegalArgumentException("the host is missing");
    checkHost(host);
    if (port == 0 || port > 65535) throw new IllegalArgumentException("the port must be from 1 to 65535");
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
    if (uri.getHost() == null) {
      if (uri.getRawAuthority() != null) checkHost(hostOf(uri.getRawAuthority()));
      throw new IllegalArgumentException("an origin is scheme://host[:port]");
    }
    Origin origin = of(uri.getScheme(), uri.getHost(), uri.getPort());
    boolean more = uri.getRawPath() != null && !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")
        || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null;
    if (more) throw new IllegalArgumentException("an origin is scheme://host[:port] and nothing more: write " + origin);
    return origin;
  }

  private static String hostOf(String authority) {
    return authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":\\d*$", "");
  }

  private static void checkHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c > 0x7e) throw new IllegalArgumentException("the host must be ASCII" + punycode(host));
      if (c <= ' ' || "/\\?#@\"<>^`{|}".indexOf(c) >= 0) {
        throw new IllegalArgumentException("the host holds a character that no host has");
      }
    }
  }

  private static String punycode(String host) {
    String ascii;
    try {
      ascii = IDN.toASCII(host).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException none) {
      return ": write it as its server is registered";
    }
    // What does not come back was folded on the way: it may be another server than the one that is meant.
    boolean same = isSameName(IDN.toUnicode(ascii), host);
    return same ? ": write " + ascii
        : ": it only looks like, or is folded to, " + ascii + "; write that if it is the server that is meant";
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
    return scheme.equals("https") || isLoopback(host);
  }

  /** Whether a host is this machine itself, without asking a resolver: {@code localhost} or a loopback address. */
  public static boolean isLoopback(String name) {
    if (name == null) return false;
    String host = name.toLowerCase(Locale.ROOT);
    if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
    // A name such as 127.0.0.999 is no address: a resolver would be asked for it.
    return host.equals("localhost") || host.equals("::1") || host.equals("0:0:0:0:0:0:0:1")
        || host.matches("127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
  }

  /** Whether a request to these three goes to this origin. Allocates nothing when they are spelled as usual. */
  public boolean matches(String otherScheme, String otherHost, int otherPort) {
    // On the path of every request: the spelling is nearly always the same, and then this is a comparison of bytes.
    return isSameName(scheme, otherScheme)
        && (otherPort < 0 ? port == (scheme.equals("https") ? 443 : 80) : port == otherPort)
        && sameHost(otherHost);
  }

  private boolean sameHost(String other) {
    if (other == null) return false;
    if (isSameName(host, other)) return true;
    return other.startsWith("[") && other.endsWith("]") && other.length() == host.length() + 2
        && isSameName(host, other.substring(1, other.length() - 1));
  }

  /**
   * Whether two schemes or host names are one: ASCII letters match in either case, and nothing else does. {@link
   * String#equalsIgnoreCase} takes the Kelvin sign for a k, the long s for an s and the dotless i for an i. False if
   * either is null.
   */
  public static boolean isSameName(String one, String other) {
    if (one == null || other == null) return false;
    // Nearly always so, and the JVM compares equal strings many times faster this way.
    if (one.equals(other)) return true;
    if (one.length() != other.length()) return false;
    for (int i = 0; i < one.length(); i++) {
      if (lower(one.charAt(i)) != lower(other.charAt(i))) return false;
    }
    return true;
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
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
