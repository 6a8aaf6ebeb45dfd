package org.everbearer.coordinator;

import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException;

/** How long to pause after a failed refresh. */
final class Backoff {
  private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);
  private static final long LONGEST_WITHOUT_TOKEN = TimeUnit.SECONDS.toNanos(10);
  private static final long LONGEST_CONFIGURATION = TimeUnit.MINUTES.toNanos(5);
  private static final long LONGEST_RETRY_AFTER = TimeUnit.HOURS.toNanos(1);
  private static final double JITTER = 0.2;

  private Backoff() {}

  /**
   * @param streak how many refreshes have failed in a row, this one included
   * @param validFor nanoseconds for which the old token is still valid; zero or less when it is not
   * @param random in [0, 1)
   * @return nanoseconds to wait
   */
  static long pause(TokenException failure, int streak, long validFor, double random) {
    long pause = ownPause(failure, streak, validFor, random);
    if (failure.retryAfter() == null) return pause;
    long asked = Math.max(0, Math.min(LONGEST_RETRY_AFTER, Nanos.of(failure.retryAfter())));
    // Never sooner than asked, never sooner than we would by ourselves, and never all nodes at the same moment.
    return Math.max(pause, Math.max(FIRST, asked) + (long) (FIRST * random));
  }

  private static long ownPause(TokenException failure, int streak, long validFor, double random) {
    if (asksForAPerson(failure.reason())) return jittered(doubled(LONGEST, streak, LONGEST_CONFIGURATION), random);
    // Nothing is asked of the endpoint: whether somebody has brought new tokens is looked up in the store.
    if (waitsForTokens(failure.reason())) return doubled(FIRST, streak, LONGEST_WITHOUT_TOKEN);
    long pause = jittered(doubled(FIRST, streak, LONGEST), random);
    if (pause <= validFor) return pause;
    // The token runs out during the pause: from then on callers fail, so the next try comes sooner.
    return Math.max(validFor, Math.min(pause, jittered(doubled(FIRST, streak, LONGEST_WITHOUT_TOKEN), random)));
  }

  /** The pause before a token that a resource server rejects may be replaced once more. */
  static long afterRejections(int inARow) {
    return doubled(FIRST, inARow, LONGEST);
  }

  /** The pause before a store that failed is written again. */
  static long saving(int streak, double random) {
    return jittered(doubled(FIRST, streak, LONGEST), random);
  }

  /** The {@code times}-th pause of a series that doubles from {@code first} to {@code longest}. */
  static long doubled(long first, int times, long longest) {
    int doublings = Math.min(Math.max(times - 1, 0), 30);
    return first > longest >> doublings ? longest : first << doublings;
  }

  private static boolean asksForAPerson(TokenException.Reason reason) {
    return reason == TokenException.Reason.CONFIGURATION || reason == TokenException.Reason.NEEDS_USER;
  }

  private static boolean waitsForTokens(TokenException.Reason reason) {
    return reason == TokenException.Reason.REJECTED || reason == TokenException.Reason.NO_TOKENS;
  }

  private static long jittered(long pause, double random) {
    return pause - (long) (pause * JITTER * random);
  }
}
