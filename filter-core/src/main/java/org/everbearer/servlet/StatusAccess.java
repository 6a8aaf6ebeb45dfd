package org.everbearer.servlet;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Who may look at the status page, and who may act through it. Closed unless something opens it. */
final class StatusAccess {
  private static final String ROLE = "allowRole";
  private static final String ADDRESSES = "allowAddresses";
  private static final List<AddressRange> LOOPBACK =
      Arrays.asList(AddressRange.parse("127.0.0.0/8"), AddressRange.parse("::1"));
  /** A request that has one of these comes from somewhere else than its connection. */
  private static final List<String> FORWARDED = Arrays.asList("Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
      "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP",
      "CF-Connecting-IP", "Via");

  private final String role;
  /** Null where nothing is configured: then loopback. */
  private final List<AddressRange> addresses;

  private StatusAccess(String role, List<AddressRange> addresses) {
    this.role = role;
    this.addresses = addresses;
  }

  static StatusAccess of(ServletConfig config) throws ServletException {
    List<String> problems = new ArrayList<>();
    for (String name : Collections.list(config.getInitParameterNames())) {
      if (!name.equals(ROLE) && !name.equals(ADDRESSES)) {
        problems.add(name + ": there is no parameter of this name; there are " + ROLE + " and " + ADDRESSES);
      }
    }
    String role = config.getInitParameter(ROLE);
    if (role != null && role.trim().isEmpty()) problems.add(ROLE + ": must name a role; leave it out to have none");
    List<AddressRange> addresses = addresses(config.getInitParameter(ADDRESSES), problems);
    if (problems.isEmpty()) return new StatusAccess(role == null ? null : role.trim(), addresses);
    throw new ServletException("Servlet " + config.getServletName() + " is not configured correctly:\n  - "
        + String.join("\n  - ", problems));
  }

  private static List<AddressRange> addresses(String value, List<String> problems) {
    if (value == null) return null;
    List<AddressRange> ranges = new ArrayList<>();
    if (value.trim().equals("none")) return ranges;
    for (String each : value.trim().split("[\\s,]+")) {
      try {
        ranges.add(AddressRange.parse(each));
      } catch (IllegalArgumentException e) {
        problems.add(ADDRESSES + ": " + e.getMessage() + "; or \"none\", so that no address is enough");
      }
    }
    return ranges;
  }

  boolean mayLook(HttpServletRequest request) {
    if (mayAct(request)) return true;
    // Behind a proxy all requests come from its address.
    for (String header : FORWARDED) if (request.getHeader(header) != null) return false;
    String address = request.getRemoteAddr();
    if (addresses != null) return contains(addresses, address);
    return contains(LOOPBACK, address) && isLocalName(request.getServerName());
  }

  /** An address alone never suffices. */
  boolean mayAct(HttpServletRequest request) {
    return role != null && request.isUserInRole(role);
  }

  /** A page from elsewhere could reach us under a name of its own that leads to this machine (DNS rebinding). */
  private static boolean isLocalName(String host) {
    if (host == null) return false;
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.endsWith(".localhost") || contains(LOOPBACK, name);
  }

  private static boolean contains(List<AddressRange> ranges, String address) {
    for (AddressRange range : ranges) if (range.contains(address)) return true;
    return false;
  }

  /**
   * Whether a request that changes something comes from a page of ours: a foreign page can send no header of its own
   * choice, and the browser says where a request comes from.
   */
  static boolean isFromOurPage(HttpServletRequest request, String header) {
    if (request.getHeader(header) == null) return false;
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) return site.equals("same-origin");
    String origin = request.getHeader("Origin");
    String host = request.getHeader("Host");
    return origin == null || host != null && origin.toLowerCase(Locale.ROOT).endsWith("://" + host.toLowerCase(Locale.ROOT));
  }
}
