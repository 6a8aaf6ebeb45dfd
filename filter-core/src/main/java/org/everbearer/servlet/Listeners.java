package org.everbearer.servlet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.everbearer.TokenEvent;
import org.everbearer.TokenListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom the application wants to hear of its clients, from whenever on. */
final class Listeners implements TokenListener {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** @param client the one to hear of, or null for all */
  void add(String client, TokenListener listener) {
    entries.add(new Entry(client, listener));
  }

  synchronized void addOnce(TokenListener listener) {
    for (Entry entry : entries) if (entry.listener == listener) return;
    add(null, listener);
  }

  void remove(TokenListener listener) {
    entries.removeIf(entry -> entry.listener == listener);
  }

  @Override
  public void onEvent(TokenEvent event) {
    for (Entry entry : entries) {
      if (entry.client != null && !entry.client.equals(event.client())) continue;
      try {
        entry.listener.onEvent(event);
      } catch (RuntimeException | LinkageError e) {
        // One that fails must not keep the event from the others.
        log.warn("{}: the listener {} failed on {}", event.client(), entry.listener.getClass().getName(), event.type(), e);
      }
    }
  }

  private static final class Entry {
    private final String client;
    private final TokenListener listener;

    private Entry(String client, TokenListener listener) {
      this.client = client;
      this.listener = listener;
    }
  }
}
