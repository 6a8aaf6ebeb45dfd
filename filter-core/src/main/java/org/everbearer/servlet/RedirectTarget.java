package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.everbearer.Origin;

/** Where a request is redirected to for want of a token, and whether that leads back to the very page that failed. */
final class RedirectTarget {
  // Under these a dispatched request keeps what the browser has asked for.
  private static final String[] ASKED_FOR = {RequestDispatcher.FORWARD_REQUEST_URI, RequestDispatcher.ERROR_REQUEST_URI,
      AsyncContext.ASYNC_REQUEST_URI};

  private final String location;

  private RedirectTarget(String location) {
    this.location = location;
  }

  /** @param url absolute, or relative to the context */
  static RedirectTarget of(String url, HttpServletRequest request) {
    if (isAbsolute(url)) return new RedirectTarget(url);
    // One slash exactly: in the root context "//host" would lead to another server.
    return new RedirectTarget(request.getContextPath() + "/" + url.replaceFirst("^/+", ""));
  }

  private static boolean isAbsolute(String url) {
    return url.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
  }

  String location() {
    return location;
  }

  /**
   * Whether the request is for this page: then the page that should help has failed itself, and a redirect would never
   * end. Path parameters, the query, a slash at the end and the way of spelling make no difference.
   *
   * <p>Of an absolute target the path decides, for behind a proxy nobody can tell what this server is called outside;
   * only the root of a server is told apart from that of others by its name.
   */
  boolean isOf(HttpServletRequest request) {
    List<String> path = segments(pathOf(location));
    boolean here = path.equals(segments(request.getRequestURI()));
    for (String attribute : ASKED_FOR) {
      Object uri = request.getAttribute(attribute);
      here |= uri instanceof String && path.equals(segments((String) uri));
    }
    return here && (!path.isEmpty() || !isAbsolute(location) || isServerOf(request));
  }

  private boolean isServerOf(HttpServletRequest request) {
    URI uri = URI.create(location);
    // Without a port it may be the one outside of a proxy.
    boolean samePort = uri.getPort() < 0 || uri.getPort() == request.getServerPort();
    return samePort && Origin.isSameName(uri.getHost(), request.getServerName());
  }

  private static String pathOf(String location) {
    String path = location.replaceFirst("[?#].*$", "");
    return isAbsolute(path) ? path.replaceFirst("^[^:]*:/*[^/]*", "") : path;
  }

  private static List<String> segments(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String raw : path.split("/")) {
      String segment = decoded(raw.replaceFirst(";.*$", ""));
      if (segment.equals("..")) segments.pollLast();
      else if (!segment.isEmpty() && !segment.equals(".")) segments.add(segment);
    }
    return new ArrayList<>(segments);
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), "UTF-8");
    } catch (IllegalArgumentException malformed) {
      return segment;
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java platform must have UTF-8", e);
    }
  }
}
