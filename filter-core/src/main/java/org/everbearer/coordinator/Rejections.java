package org.everbearer.coordinator;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The rejections of one family's tokens by resource servers: how many are still to be told, and how soon another token may
 * be got on account of them. Races count or tell one twice.
 *
 * <p>A token that was accepted and is now rejected may be replaced at once, a great many times in a row, so that any number
 * of revocations that somebody might think of costs no call. Only a path that always answers 401, beside one that accepts
 * each new token, goes on for ever; it gets one token each {@link #PACE} in the end.
 */
final class Rejections {
  private static final AtomicIntegerFieldUpdater<Rejections> UNTOLD =
      AtomicIntegerFieldUpdater.newUpdater(Rejections.class, "untold");
  private static final int REPLACED_AT_ONCE = 200;
  private static final long PACE = Nanos.ofMillis(10_000);
  /** Those of one token are told once in so long. */
  private static final long TELLING_PAUSE = Nanos.ofMillis(1000);

  private volatile int untold;
  private volatile long toldAt;
  /** When all replacements so far were over, had each to wait for its turn. */
  private volatile long nextTurn;

  Rejections(long now) {
    toldAt = now - TELLING_PAUSE;
    nextTurn = now;
  }

  /** When the next replacement may begin: now, but for the pace. */
  long soonestReplacement(long now) {
    long turn = nextTurn - REPLACED_AT_ONCE * PACE;
    return turn - now > 0 ? turn : now;
  }

  void noteReplacement(long now) {
    long from = nextTurn;
    nextTurn = (from - now > 0 ? from : now) + PACE;
  }

  /**
   * Notes one.
   *
   * @param first of this token
   * @return how many are to be told now
   */
  int note(boolean first, long now) {
    UNTOLD.incrementAndGet(this);
    if (!first && now - toldAt < TELLING_PAUSE) return 0;
    toldAt = now;
    return UNTOLD.getAndSet(this, 0);
  }
}
