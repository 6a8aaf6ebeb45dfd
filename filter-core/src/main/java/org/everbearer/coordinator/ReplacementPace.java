package org.everbearer.coordinator;

/**
 * How soon a token that was accepted and is now rejected may be replaced: at once, a great many times in a row, so that
 * any number of revocations that somebody might think of costs no call. Only a path that always answers 401, beside one
 * that accepts each new token, goes on for ever; it gets one token each {@link #PACE} in the end.
 *
 * <p>A race of two notes counts one of them.
 */
final class ReplacementPace {
  private static final int AT_ONCE = 200;
  private static final long PACE = Nanos.ofMillis(10_000);

  /** When all replacements so far were paid for, had each to wait for its turn. */
  private volatile long paidAt;

  ReplacementPace(long now) {
    paidAt = now;
  }

  long soonest(long now) {
    long turn = paidAt - AT_ONCE * PACE;
    return turn - now > 0 ? turn : now;
  }

  void note(long now) {
    long from = paidAt;
    paidAt = (from - now > 0 ? from : now) + PACE;
  }
}
