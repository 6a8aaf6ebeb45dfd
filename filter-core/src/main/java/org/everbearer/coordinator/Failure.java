package org.everbearer.coordinator;

import java.time.Instant;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;

/** The last refresh of a family failed: why, how many in a row, and when the next try is due. */
final class Failure {
  final TokenException cause;
  final int streak;
  /**
   * Why there must be a next try, also if nobody asks for a token: a presentation that nobody has answered is worth another
   * one while that does no harm, for later it would. Null if it can wait.
   */
  final TokenEvent.Trigger continues;
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
  private Failure(TokenException cause, int streak, TokenEvent.Trigger continues, long now, long pause,
      long pauseWithoutToken, long wallClock) {
    this.cause = cause;
    this.streak = streak;
    this.continues = continues;
    this.nextTry = now + pause;
    this.nextTryAt = Instant.ofEpochMilli(wallClock + Nanos.toMillis(pause));
    this.nextTryWithoutToken = now + Math.min(pause, pauseWithoutToken);
    this.lookedAt = now;
  }

  /**
   * The next one in a row.
   *
   * @param last the one before, or null
   * @param trigger of the refresh that has failed
   * @param served whether what is held may be served
   */
  static Failure after(Failure last, TokenException why, Landing landing, TokenEvent.Trigger trigger, Held held,
      boolean served, CoordinatorContext context) {
    long now = context.ticker.nanoTime();
    int streak = last == null ? 1 : last.streak + 1;
    double random = context.random.getAsDouble();
    long pause = Backoff.pause(why, streak, served && !held.endUnknown ? held.endsAt - now : 0, random);
    if (served && !held.isSuspect()) pause = Math.max(pause, landing.earliest);
    pause = Math.min(pause, landing.latest);
    return new Failure(why, streak, landing.isToBeContinued() ? trigger : null, now, pause,
        Backoff.pause(why, streak, 0, random), context.ticker.currentTimeMillis());
  }

  /** Whether the refresh token is dead, so that only signing in helps. */
  static boolean isDeath(Failure failed) {
    return failed != null && failed.cause.reason() == TokenException.Reason.REJECTED;
  }

  /** @param trusted whether a token is held that nobody has anything against */
  boolean isPausing(long now, boolean trusted) {
    return (trusted ? nextTry : nextTryWithoutToken) - now > 0;
  }
}
