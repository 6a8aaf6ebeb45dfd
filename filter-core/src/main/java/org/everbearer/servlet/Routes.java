package org.everbearer.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.everbearer.Origin;
import org.everbearer.TokenSet;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigException;
import org.everbearer.config.IdentityKind;
import org.everbearer.config.Protocol;

/**
 * Which client serves which origin, and what of a request tells the clients apart whose tokens they want. Immutable.
 */
final class Routes {
  private static final String[] NOBODY = {};

  private final List<DeclaredClient> declared;
  private final Map<DeclaredClient, ClientConfig> readable = new HashMap<>();
  private final Origin[] origins;
  private final DeclaredClient[] receivers;
  private final String[] sessionClients;
  private final String[] sessionAttributes;
  private final boolean inbound;

  /** Reads the configurations. One that is wrong is left out: its own filter stops the deployment and says why. */
  Routes(List<DeclaredClient> declared) {
    this.declared = declared;
    List<Origin> allowed = new ArrayList<>();
    List<DeclaredClient> owners = new ArrayList<>();
    List<String> bySession = new ArrayList<>();
    boolean byInbound = false;
    for (DeclaredClient client : declared) {
      ClientConfig config;
      try {
        config = client.config();
      } catch (ConfigException wrong) {
        continue;
      }
      readable.put(client, config);
      for (Origin origin : config.allowedOrigins()) {
        allowed.add(origin);
        owners.add(client);
      }
      if (takesInbound(config)) byInbound = true;
      else if (config.identity() == IdentityKind.SESSION) bySession.add(client.name());
    }
    this.origins = allowed.toArray(new Origin[0]);
    this.receivers = owners.toArray(new DeclaredClient[0]);
    this.sessionClients = bySession.toArray(NOBODY);
    this.sessionAttributes = bySession.stream().map(SessionFamily::attribute).toArray(String[]::new);
    this.inbound = byInbound;
  }

  static boolean takesInbound(ClientConfig config) {
    return config.protocol() == Protocol.RELAY || config.protocol() == Protocol.TOKEN_EXCHANGE;
  }

  /** Whether the client keeps one token, the web application's. */
  static boolean hasOneToken(ClientConfig config) {
    return !takesInbound(config) && config.identity() == IdentityKind.APPLICATION;
  }

  /** Whether these are the routes of exactly these clients. */
  boolean areOf(List<DeclaredClient> clients) {
    return declared == clients;
  }

  Map<DeclaredClient, ClientConfig> configs() {
    return readable;
  }

  /** Each client's name and the origins that may receive its token, in the order of declaration. */
  Map<String, List<Origin>> allowed() {
    Map<String, List<Origin>> allowed = new LinkedHashMap<>();
    for (DeclaredClient client : declared) {
      ClientConfig config = readable.get(client);
      if (config != null) allowed.put(client.name(), config.allowedOrigins());
    }
    return allowed;
  }

  /** The client whose token this server may receive, or null. */
  DeclaredClient receiver(String scheme, String host, int port) {
    for (int i = 0; i < origins.length; i++) {
      if (origins[i].matches(scheme, host, port)) return receivers[i];
    }
    return null;
  }

  /** Whether the client whose token this server may receive lets others read it on the way. */
  boolean trustsNetwork(String scheme, String host, int port) {
    DeclaredClient client = receiver(scheme, host, port);
    return client != null && readable.get(client).allowInsecure();
  }

  /** Whether it matters at all which user a request comes from. */
  boolean tellUsersApart() {
    return inbound || sessionClients.length > 0;
  }

  /** On whose behalf the request is made, at this moment. Begins no session. */
  Identity identify(HttpServletRequest request) {
    if (!tellUsersApart()) return Identity.ANONYMOUS;
    String token = inbound ? bearerToken(request) : null;
    HttpSession session = sessionClients.length == 0 ? null : request.getSession(false);
    if (session == null) return token == null ? Identity.ANONYMOUS : new Identity(NOBODY, NOBODY, token);
    String[] families = new String[sessionClients.length];
    for (int i = 0; i < families.length; i++) {
      SessionFamily family = SessionFamily.of(session, sessionAttributes[i]);
      if (family != null) families[i] = family.use();
    }
    return new Identity(sessionClients, families, token);
  }

  /** RFC 6750 §2.1. Anything that is not one well-formed bearer token counts as none. */
  private static String bearerToken(HttpServletRequest request) {
    Enumeration<String> headers = request.getHeaders("Authorization");
    if (headers == null || !headers.hasMoreElements()) return null;
    String header = headers.nextElement();
    if (headers.hasMoreElements() || !header.regionMatches(true, 0, "Bearer ", 0, 7)) return null;
    try {
      return TokenSet.of(header.substring(7).trim(), null).accessToken();
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }
}
