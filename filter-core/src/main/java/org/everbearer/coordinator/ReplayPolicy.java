package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a refresh token whose presentation was never answered may be presented again.
 *
 * <p>Inside the server's grace window a replay is harmless and repeated. With an unknown window one prompt replay is
 * made. Otherwise a replay may make the server revoke the family, and with it the access token that still lives: so it
 * waits until that token is as good as over, when nothing can be lost any more.
 */
final class ReplayPolicy {
  static final long NOT_NOW = -1;

  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);
  private static final long LARGEST_MARGIN = TimeUnit.SECONDS.toNanos(2);

  private final boolean graceKnown;
  private final long window;

  /** @param grace how long the server accepts a spent refresh token again; null when unknown */
  ReplayPolicy(Duration grace) {
    graceKnown = grace != null;
    long nanos = grace == null ? 0 : Nanos.of(grace);
    window = nanos - Math.min(LARGEST_MARGIN, nanos / 4);
  }

  /**
   * @param attempts how often the token was presented so far, by anybody
   * @param sinceSent nanoseconds since it was presented first
   * @param tries how often this flight has presented it
   * @param live whether the access token can still be served
   * @return nanoseconds to wait before presenting it again, or {@link #NOT_NOW}
   */
  long delay(int attempts, long sinceSent, int tries, boolean live) {
    long pause = tries == 0 ? 0 : Backoff.doubled(FIRST_PAUSE, tries, LONGEST_PAUSE);
    if (isHarmless(attempts, sinceSent + pause)) return pause;
    return live || tries > 0 ? NOT_NOW : 0;
  }

  private boolean isHarmless(int attempts, long sinceSent) {
    return graceKnown ? sinceSent < window : attempts <= 1;
  }

  /**
   * Whether what {@link #delay} has allowed still is, after the store has taken its time: a window that was open may have
   * closed. One that was closed before has nothing more to lose.
   *
   * @param sinceSent nanoseconds since it was presented first
   * @param took how many of them have passed since the permission
   */
  boolean isStillAllowed(int attempts, long sinceSent, long took) {
    return isHarmless(attempts, sinceSent) || !isHarmless(attempts, sinceSent - took);
  }

  /** Nanoseconds for which replays are still harmless; zero or less when they are not, or when nobody knows. */
  long left(long sinceSent) {
    return graceKnown ? window - sinceSent : 0;
  }
}
