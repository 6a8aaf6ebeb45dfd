package org.everbearer.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.everbearer.Origin;

/** What to do about a server that wants a token and is not among the allowed origins. */
final class OriginAdvice {
  private static final int SHOWN = 5;

  /** In which way two origins are nearly one; the nearest first. */
  private enum Likeness {
    OTHER_NAME("which is this machine too, but origins are compared as they are written"),
    OTHER_SCHEME("the same host by another scheme"),
    OTHER_PORT("the same host with another port"),
    OTHER_NAME_AND_PORT("which is this machine too, under another name and with another port"),
    SAME_DOMAIN("a host of the same domain");

    private final String words;

    Likeness(String words) {
      this.words = words;
    }
  }

  private final Origin called;
  private Likeness likeness;
  private Origin nearest;
  private String client;

  private OriginAdvice(Origin called, Map<String, List<Origin>> allowed) {
    this.called = called;
    allowed.forEach((name, origins) -> {
      for (Origin origin : origins) consider(name, origin);
    });
  }

  /** @param allowed each client's name and the origins that may receive its token */
  static String of(Origin called, Map<String, List<Origin>> allowed) {
    return called + " answered 401 to a request that was sent without a token, for no client's allowedOrigins has it: "
        + shown(allowed) + ". " + new OriginAdvice(called, allowed).remedy(allowed.size() == 1);
  }

  private void consider(String name, Origin origin) {
    Likeness found = likeness(origin);
    if (found == null || likeness != null && likeness.compareTo(found) <= 0) return;
    likeness = found;
    nearest = origin;
    client = name;
  }

  private Likeness likeness(Origin allowed) {
    boolean samePort = allowed.port() == called.port();
    boolean sameScheme = allowed.scheme().equals(called.scheme());
    if (allowed.host().equals(called.host())) return sameScheme ? Likeness.OTHER_PORT : Likeness.OTHER_SCHEME;
    if (Origin.isLoopback(allowed.host()) && Origin.isLoopback(called.host())) {
      return samePort && sameScheme ? Likeness.OTHER_NAME : Likeness.OTHER_NAME_AND_PORT;
    }
    boolean same = allowed.host().endsWith("." + called.host()) || called.host().endsWith("." + allowed.host());
    return same ? Likeness.SAME_DOMAIN : null;
  }

  private String remedy(boolean single) {
    if (nearest == null) {
      return "Remedy: if this server is meant to get " + (single ? "the" : "a") + " client's token, add " + called
          + " to its allowedOrigins; if not, nothing: it wants credentials that are none of the library's business";
    }
    String near = "The nearest is " + nearest + " of " + client + ", " + likeness.words + ". Remedy: call that one";
    // No advice to send a token where others read it.
    if (!called.isSecure()) return near + "; a token must not go over plain http";
    return near + ", or add " + called + " to the allowedOrigins of " + client
        + " if this is a server that is meant to get its token";
  }

  private static String shown(Map<String, List<Origin>> allowed) {
    List<String> clients = new ArrayList<>();
    allowed.forEach((name, origins) -> clients.add(name + " has " + list(origins, ", ")));
    return list(clients, "; ");
  }

  private static String list(List<?> all, String separator) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < all.size() && i < SHOWN; i++) text.append(i == 0 ? "" : separator).append(all.get(i));
    return all.size() <= SHOWN ? text.toString() : text + " and " + (all.size() - SHOWN) + " more";
  }
}
