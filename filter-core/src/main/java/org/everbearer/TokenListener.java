package org.everbearer;

/**
 * Hears what happens to the tokens of a client: the only way by which logs, metrics and status pages learn of it.
 *
 * <p>Each listener is called from one thread of its own for each client, in the order of that client's events, never on
 * a caller's path: it delays neither a refresh nor another listener. Whatever it throws is logged, and it is called
 * again for the next event. When it is too slow, 1,024 events wait for it; what comes beyond that is dropped, and
 * {@link TokenEvent.Type#EVENTS_DROPPED} tells it, and the other listeners of the client, how many were. When the client
 * is closed it has two seconds for what waits, and is interrupted then.
 */
public interface TokenListener {
  /** @param event holds no token; tokens are named by {@linkplain Fingerprint fingerprints} */
  void onEvent(TokenEvent event);
}
