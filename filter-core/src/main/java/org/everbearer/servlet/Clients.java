package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.everbearer.TokenListener;
import org.everbearer.config.ConfigSource;
import org.everbearer.observe.UncoveredOrigins;

/** The clients of one web application: those that its descriptor declares, and those whose filters have come up. */
final class Clients {
  /** The attribute of a context whose end somebody tells us of, also if none of its filters comes up. */
  static final String WATCHED = Clients.class.getName() + ".watched";

  private final ServletContext context;
  private final Listeners listeners = new Listeners();
  private final ContextLog log;
  private final UncoveredOrigins uncovered = new UncoveredOrigins();
  // Both replaced, never changed, by a thread that holds this object's monitor; read by anybody.
  private volatile List<DeclaredClient> declared = Collections.emptyList();
  private volatile boolean closed;
  // Filters between init and destroy; guarded by this object's monitor.
  private final Set<DeclaredClient> inService = new HashSet<>();
  // A memo: any thread may compute it anew, with an equal result.
  private volatile Routes routes;

  Clients(ServletContext context) {
    this.context = context;
    this.log = new ContextLog(context);
  }

  /** @throws IllegalStateException if there is certainly none */
  void requireSome() {
    if (!declared.isEmpty()) return;
    Map<String, ConfigSource> found = Declarations.of(context);
    if (found == null) return;
    if (found.isEmpty()) throw none();
    add(found);
  }

  /** The client of this name, whether it runs or not. */
  DeclaredClient named(String name) {
    DeclaredClient client = find(name);
    if (client != null) return client;
    discover();
    client = find(name);
    if (client != null) return client;
    if (declared.isEmpty()) throw none();
    List<String> names = new ArrayList<>();
    for (DeclaredClient known : declared) names.add(known.name());
    throw new IllegalArgumentException("no client is named " + name + ": a client's name is the filter-name of its"
        + " BearerTokenFilter, and declared are " + names);
  }

  Routes routes() {
    Routes known = routes;
    List<DeclaredClient> now = declared;
    if (known != null && known.areOf(now)) return known;
    if (now.isEmpty()) {
      discover();
      now = declared;
      if (now.isEmpty()) throw none();
    }
    known = new Routes(now); // reads configurations, so not under the monitor
    routes = known;
    return known;
  }

  /** A filter comes up. */
  DeclaredClient enter(String name, ConfigSource source) {
    discover();
    add(Collections.singletonMap(name, source));
    synchronized (this) {
      DeclaredClient client = find(name);
      inService.add(client);
      return client;
    }
  }

  /** A filter could not come up. If nobody is there to tell us of the application's end, everything ends now. */
  void refuse(DeclaredClient client) {
    boolean unwatched;
    synchronized (this) {
      inService.remove(client);
      unwatched = inService.isEmpty() && context.getAttribute(WATCHED) == null;
    }
    client.stop();
    if (unwatched) for (DeclaredClient each : declared) each.stop();
  }

  /** A filter goes down: its client ends, and with the last of them everything. */
  void leave(DeclaredClient client) {
    boolean last;
    synchronized (this) {
      inService.remove(client);
      last = inService.isEmpty();
    }
    client.close();
    if (last) close();
  }

  /** Those that are known by now, in the order of their declaration; starts none. */
  List<DeclaredClient> all() {
    if (declared.isEmpty()) discover();
    return declared;
  }

  /** @param client the one to hear of, or null for all */
  void addListener(String client, TokenListener listener) {
    listeners.add(client, listener);
    for (DeclaredClient each : declared) {
      if (client == null || client.equals(each.name())) each.announce();
    }
  }

  /** Adds the listener unless it is there, and has nothing announced to it. */
  void wake(TokenListener listener) {
    listeners.addOnce(listener);
  }

  void removeListener(TokenListener listener) {
    listeners.remove(listener);
  }

  private String path() {
    return context.getContextPath().isEmpty() ? "/" : context.getContextPath();
  }

  /** The loggers of the web application. */
  ContextLog log() {
    return log;
  }

  /** Servers that want a token and that no client covers. */
  UncoveredOrigins uncovered() {
    return uncovered;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    for (DeclaredClient client : declared) client.close();
  }

  /** A session has ended, or has another family now. */
  void familyEnded(String name, FamilyEnds.End end) {
    DeclaredClient client = find(name);
    if (client != null) client.familyEnded(end);
  }

  private void discover() {
    Map<String, ConfigSource> found = Declarations.of(context);
    if (found != null) add(found);
  }

  private synchronized void add(Map<String, ConfigSource> found) {
    List<DeclaredClient> all = null;
    for (Map.Entry<String, ConfigSource> each : found.entrySet()) {
      if (find(each.getKey()) != null) continue;
      if (all == null) all = new ArrayList<>(declared);
      DeclaredClient client = new DeclaredClient(each.getValue(), each.getKey(), path(), listeners, log);
      if (closed) client.close();
      all.add(client);
    }
    if (all != null) declared = Collections.unmodifiableList(all);
  }

  private DeclaredClient find(String name) {
    for (DeclaredClient client : declared) {
      if (client.name().equals(name)) return client;
    }
    return null;
  }

  private static IllegalStateException none() {
    return new IllegalStateException("this web application has no bearer token client: " + Declarations.REMEDY);
  }
}
