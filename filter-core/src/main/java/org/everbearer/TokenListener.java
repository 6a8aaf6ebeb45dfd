package org.everbearer;

/**
 * Hears what happens to the tokens of a client: the only way by which logs, metrics and status pages learn of it.
 *
 * <p>Called from one thread of the library's own, in the order of the events, never on a caller's path. A listener that
 * throws is logged and called again for the next event; one that blocks delays only other listeners, and events that
 * overflow the queue are dropped and counted.
 */
public interface TokenListener {
  /** @param event holds no token; tokens are named by {@linkplain Fingerprint fingerprints} */
  void onEvent(TokenEvent event);
}
