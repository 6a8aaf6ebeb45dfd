package org.everbearer.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.everbearer.Origin;

/** The rules that hold between the clients of one application. */
public final class TokenClients {
  private static final int FEW = 3;

  private TokenClients() {}

  /**
   * No two clients may have one name, be overridden by one environment variable or system property, claim one origin,
   * share a file or dotenv store, or share a place in another store.
   *
   * @throws ConfigException that lists all problems at once
   */
  public static void checkTogether(Collection<ClientConfig> clients) throws ConfigException {
    List<String> problems = new ArrayList<>();
    Map<String, ClientConfig> names = new HashMap<>();
    Map<Origin, ClientConfig> origins = new HashMap<>();
    Map<Object, ClientConfig> stores = new HashMap<>();
    Map<String, String> overrides = new HashMap<>();
    for (ClientConfig client : clients) {
      if (names.put(client.name(), client) != null) {
        problems.add("filter-name: two clients are named " + client.name() + "; each needs a name of its own");
      } else {
        overridden(client.name(), overrides, problems);
      }
      // Null where a tool looks at configurations that are wrong in themselves.
      List<Origin> claimed = client.allowedOrigins();
      for (Origin origin : claimed == null ? Collections.<Origin>emptyList() : claimed) {
        ClientConfig other = origins.putIfAbsent(origin, client);
        if (other != null) {
          problems.add(Parameters.ALLOWED_ORIGINS + ": " + both(other, client) + " both claim " + origin
              + "; a request to an origin can carry one client's token only");
        }
      }
      Object place = place(client);
      ClientConfig other = place == null ? null : stores.putIfAbsent(place, client);
      if (other != null) problems.add(shared(other, client));
    }
    if (!problems.isEmpty()) throw new ConfigException("Everbearer", problems);
  }

  /** A variable that is meant for one would reach the other too, and with it perhaps a token that is none of its own. */
  private static void overridden(String client, Map<String, String> owners, List<String> problems) {
    Map<String, List<String>> shared = new LinkedHashMap<>();
    for (String name : Overrides.namesFor(client)) {
      String other = owners.putIfAbsent(name, client);
      if (other != null) shared.computeIfAbsent(other, each -> new ArrayList<>()).add(name);
    }
    shared.forEach((other, names) -> problems.add("filter-name: the clients " + other + " and " + client
        + " are both overridden by the " + (names.size() <= FEW ? String.join(" and the ", names)
            : names.get(0) + " and all others of their kind") + "; rename one of the two"));
  }

  private static String shared(ClientConfig one, ClientConfig other) {
    StoreChoice store = other.get(Parameters.STORE);
    return other.label(Parameters.STORE) + ": " + both(one, other) + (store.isFile()
        ? " share this file, which holds the tokens of one client; give each a file of its own"
        : " share the storeKey " + other.get(Parameters.STORE_KEY) + " in it; give each a storeKey of its own");
  }

  private static String both(ClientConfig one, ClientConfig other) {
    return "the clients " + one.name() + " and " + other.name();
  }

  /** What no other client may write to; null for a client's own memory. */
  private static Object place(ClientConfig client) {
    StoreChoice store = client.get(Parameters.STORE);
    boolean own = store == null || store.kind() == StoreChoice.Kind.MEMORY
        || !Parameters.STORE.appliesTo(client.protocol());
    if (own) return null;
    return store.isFile() ? real(store.path()) : store + " " + client.get(Parameters.STORE_KEY);
  }

  // The file need not exist yet, its directory must: two paths through a symbolic link are one file.
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException notYet) {
      Path directory = path.getParent();
      try {
        return directory == null ? path : directory.toRealPath().resolve(path.getFileName());
      } catch (IOException noDirectory) {
        return path;
      }
    }
  }

  /**
   * Overrides in this JVM that reach none of these clients, which are all of the application, though by their names
   * they nearly do. Logged at start; what may well be meant for another application is left out.
   */
  public static List<String> nearlyOverridden(Collection<ClientConfig> clients) {
    List<ConfigSource> sources = new ArrayList<>();
    for (ClientConfig client : clients) sources.add(client.source());
    return StrayOverrides.of(sources, true);
  }
}
