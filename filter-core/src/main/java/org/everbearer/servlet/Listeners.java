package org.everbearer.servlet;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.everbearer.TokenListener;
import org.everbearer.coordinator.RefreshCoordinator;

/**
 * Whom the application wants to hear of its clients, from whenever on. Each client that runs has a queue and a thread for
 * each of them, and ends it with itself.
 */
final class Listeners {
  // Both guarded by this object's monitor, under which no listener is called and none is waited for.
  private final List<Entry> entries = new ArrayList<>();
  private final Map<RefreshCoordinator, String> running = new IdentityHashMap<>();

  /** @param client the one to hear of, or null for all */
  synchronized void add(String client, TokenListener listener) {
    Entry entry = new Entry(client, listener);
    entries.add(entry);
    running.forEach((coordinator, name) -> entry.listenTo(coordinator, name));
  }

  synchronized void addOnce(TokenListener listener) {
    for (Entry entry : entries) if (entry.listener == listener) return;
    add(null, listener);
  }

  void remove(TokenListener listener) {
    for (RefreshCoordinator coordinator : forget(listener)) coordinator.removeListener(listener);
  }

  private synchronized List<RefreshCoordinator> forget(TokenListener listener) {
    entries.removeIf(entry -> entry.listener == listener);
    return new ArrayList<>(running.keySet());
  }

  /** A client begins. */
  synchronized void attach(String client, RefreshCoordinator coordinator) {
    running.put(coordinator, client);
    for (Entry entry : entries) entry.listenTo(coordinator, client);
  }

  /** A client has been closed. */
  synchronized void detach(RefreshCoordinator coordinator) {
    running.remove(coordinator);
  }

  private static final class Entry {
    private final String client;
    private final TokenListener listener;

    private Entry(String client, TokenListener listener) {
      this.client = client;
      this.listener = listener;
    }

    private void listenTo(RefreshCoordinator coordinator, String name) {
      if (client == null || client.equals(name)) coordinator.addListener(listener);
    }
  }
}
