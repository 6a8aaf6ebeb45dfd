package org.everbearer.coordinator;

import java.time.Instant;
import org.everbearer.TokenException;

/** The last refresh of a family failed: why, how many in a row, and when the next try is due. */
final class Failure {
  final TokenException cause;
  final int streak;
  /** In nanoseconds of the ticker. */
  final long nextTry;
  /** The same by the wall clock, for people. */
  final Instant nextTryAt;
  /** The same for the case that the token that is held turns out to be no good: {@link #nextTry} may rely on it. */
  private final long nextTryWithoutToken;

  /** When the store was looked at last, in nanoseconds of the ticker. A race looks twice. */
  volatile long lookedAt;

  /**
   * @param now in nanoseconds of the ticker
   * @param pause nanoseconds until the next try
   * @param pauseWithoutToken the same if no token were held
   * @param wallClock now, in milliseconds since 1970
   */
  Failure(TokenException cause, int streak, long now, long pause, long pauseWithoutToken, long wallClock) {
    this.cause = cause;
    this.streak = streak;
    this.nextTry = now + pause;
    this.nextTryAt = Instant.ofEpochMilli(wallClock + Nanos.toMillis(pause));
    this.nextTryWithoutToken = now + Math.min(pause, pauseWithoutToken);
    this.lookedAt = now;
  }

  /** @param trusted whether a token is held that nobody has anything against */
  boolean isPausing(long now, boolean trusted) {
    return (trusted ? nextTry : nextTryWithoutToken) - now > 0;
  }
}
