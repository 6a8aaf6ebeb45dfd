package org.everbearer.servlet;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.everbearer.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may look at the status page, and who may act through it. Closed unless something opens it. */
final class StatusAccess {
  private static final Logger log = LoggerFactory.getLogger(TokenStatusServlet.class);
  private static final String ROLE = "allowRole";
  private static final String ADDRESSES = "allowAddresses";
  private final String role;
  /** Null where nothing is configured: then requests that certainly come straight from this machine. */
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
    String doubt = addresses == null ? DirectRequest.foreign(request) : DirectRequest.passedOn(request);
    if (doubt == null && addresses != null && !contains(request.getRemoteAddr())) {
      doubt = "its address is in none of " + ADDRESSES;
    }
    if (doubt == null) return true;
    log.debug("A request from {} may not see the status page: {}", request.getRemoteAddr(),
        doubt.replaceAll("\\p{Cntrl}", "?"));
    return false;
  }

  /** An address alone never suffices. */
  boolean mayAct(HttpServletRequest request) {
    return role != null && request.isUserInRole(role);
  }

  private boolean contains(String address) {
    for (AddressRange range : addresses) if (range.contains(address)) return true;
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
    int name = origin == null ? -1 : origin.indexOf("://") + 3;
    return origin == null || name > 2 && Origin.isSameName(origin.substring(name), host);
  }
}
