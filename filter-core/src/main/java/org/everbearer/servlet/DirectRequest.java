package org.everbearer.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.everbearer.Origin;

/**
 * Whether a request came straight from where its connection comes from. A proxy on this machine has a loopback address
 * whoever stands behind it, and containers and filters can be told to believe what a proxy says. So this looks for signs
 * of either, and takes each as reason enough for a doubt. Each method returns the doubt in words, or null for none.
 *
 * <p>What no look at a request can tell from a local one: a proxy on this machine that speaks HTTP/1.1 over connections
 * that it keeps, adds no header, and names the upstream in {@code Host}; and whatever forwards bytes as they are.
 */
final class DirectRequest {
  private static final List<AddressRange> LOOPBACK =
      Arrays.asList(AddressRange.parse("127.0.0.0/8"), AddressRange.parse("::1"));

  /**
   * Left by Tomcat's RemoteIpValve and RemoteIpFilter, which take the header away that they have believed: on every
   * request from an address that may be a proxy's, as all of this machine are unless they are told otherwise.
   */
  private static final String REWRITTEN = "org.apache.tomcat.request.forwarded";

  /** How the headers begin that proxies, load balancers and content delivery networks add. */
  private static final String[] OF_PROXIES = {"forwarded", "via", "x-forward", "x-real-", "x-original-", "x-originating-",
      "x-envoy-", "x-prox", "x-arr-", "x-client-ip", "x-cluster-", "x-remote-", "x-host", "x-azure-", "x-appgw-", "x-amz",
      "x-appengine-", "x-cloud-", "x-google-", "x-vercel-", "x-nf-", "x-varnish", "x-cdn", "true-client-ip", "cf-", "cdn-",
      "fastly-", "fly-", "akamai-", "incap-", "ali-cdn-", "client-ip", "remote-addr", "wl-proxy-", "proxy-", "$ws", "ssl-",
      "front-end-https", "surrogate-", "max-forwards"};

  /** Browsers, command-line clients and Prometheus send no other header that begins with X- when they ask for the page. */
  private static final List<String> LOCAL_EXTENSIONS =
      Arrays.asList("x-requested-with", "x-everbearer-action", "x-prometheus-scrape-timeout-seconds");
  private static final List<String> TRACING = Arrays.asList("traceparent", "b3", "uber-trace-id");

  private DirectRequest() {}

  /** Whether its address is the connection's own, and nobody seems to stand behind that. */
  static String passedOn(HttpServletRequest request) {
    if (request.getAttribute(REWRITTEN) != null) return "the container has put another address in its place";
    HttpServletRequest received = received(request);
    if (!same(request.getRemoteAddr(), received.getRemoteAddr())) return "a filter has put another address in its place";
    for (String name : names(received)) {
      for (String start : OF_PROXIES) {
        if (name.toLowerCase(Locale.ROOT).startsWith(start)) return "it has the header " + name + ", which proxies add";
      }
    }
    return null;
  }

  /** Whether it certainly comes from a program on this machine that meant this server. */
  static String foreign(HttpServletRequest request) {
    String doubt = passedOn(request);
    if (doubt != null) return doubt;
    HttpServletRequest received = received(request);
    if (!isLoopback(received.getRemoteAddr()) || !isLoopback(received.getLocalAddr())) return "it comes from elsewhere";
    if (received.getProtocol() == null || !received.getProtocol().matches("HTTP/(1\\.1|[2-9].*)")) {
      return "it is HTTP/1.0, which proxies speak";
    }
    for (String name : names(received)) {
      String lower = name.toLowerCase(Locale.ROOT);
      boolean added = lower.startsWith("x-") && !LOCAL_EXTENSIONS.contains(lower) || TRACING.contains(lower);
      if (added) return "it has the header " + name + ", which something on the way may have added";
    }
    // As nginx does unless it is told otherwise.
    if (hasClose(received)) return "it closes its connection, as proxies do";
    if (!namesThisServer(received)) return "its Host is none of this machine's names with this server's own port";
    for (String header : new String[] {"Origin", "Referer"}) {
      String page = received.getHeader(header);
      if (page != null && !isLocalPage(page)) return "a page from elsewhere leads to it";
    }
    return null;
  }

  /** As the container has handed it over: filters hide headers that they have used up. */
  private static HttpServletRequest received(HttpServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper) inner = ((ServletRequestWrapper) inner).getRequest();
    return inner instanceof HttpServletRequest ? (HttpServletRequest) inner : request;
  }

  /**
   * A page of any name can be made to lead to this machine (DNS rebinding), so the name must be one of its own; and its
   * own port, for what is said to another port has come through something that listens there.
   */
  private static boolean namesThisServer(HttpServletRequest request) {
    if (!isLocalName(request.getServerName()) || request.getServerPort() != request.getLocalPort()) return false;
    List<String> hosts = list(request.getHeaders("Host"));
    // With HTTP/2 it is a pseudo-header, which not every container shows.
    if (hosts.isEmpty()) return !request.getProtocol().equals("HTTP/1.1");
    String usual = request.isSecure() ? ":443" : ":80";
    String host = hosts.get(0).endsWith("]") || hosts.get(0).indexOf(':') < 0 ? hosts.get(0) + usual : hosts.get(0);
    String port = ":" + request.getLocalPort();
    return hosts.size() == 1 && host.endsWith(port) && isLocalName(host.substring(0, host.length() - port.length()));
  }

  private static boolean isLocalPage(String url) {
    try {
      return isLocalName(URI.create(url).getHost());
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static boolean hasClose(HttpServletRequest request) {
    for (String value : list(request.getHeaders("Connection"))) {
      for (String option : value.split(",")) if (Origin.isSameName(option.trim(), "close")) return true;
    }
    return false;
  }

  private static boolean isLocalName(String host) {
    if (host == null) return false;
    int suffix = host.length() - ".localhost".length();
    return Origin.isSameName(host, "localhost") || suffix > 0 && Origin.isSameName(host.substring(suffix), ".localhost")
        || isLoopback(host);
  }

  private static boolean isLoopback(String address) {
    for (AddressRange range : LOOPBACK) if (range.contains(address)) return true;
    return false;
  }

  private static List<String> names(HttpServletRequest request) {
    return list(request.getHeaderNames());
  }

  private static List<String> list(Enumeration<String> values) {
    return values == null ? Collections.<String>emptyList() : Collections.list(values);
  }

  private static boolean same(String one, String other) {
    return one == null ? other == null : one.equals(other);
  }
}
