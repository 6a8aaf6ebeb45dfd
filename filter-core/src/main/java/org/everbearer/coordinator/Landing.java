package org.everbearer.coordinator;

import org.everbearer.TokenException;

/** How a flight ends: with what is held now, or with a failure and when to try again. Immutable. */
final class Landing {
  /** What is held is what the flight was to bring. */
  static final Landing ARRIVED = new Landing(null, 0, Long.MAX_VALUE, false);

  /** Null if it went well. */
  final TokenException why;
  /** Nanoseconds before which no next try makes sense while the token that is held is good. */
  final long earliest;
  /** Nanoseconds after which the next try comes too late. */
  final long latest;
  /** The flight has only looked into the store and has found nothing new: not a failure. */
  final boolean looked;

  private Landing(TokenException why, long earliest, long latest, boolean looked) {
    this.why = why;
    this.earliest = earliest;
    this.latest = latest;
    this.looked = looked;
  }

  static Landing failed(TokenException why) {
    return new Landing(why, 0, Long.MAX_VALUE, false);
  }

  Landing notBefore(long nanos) {
    return new Landing(why, nanos, latest, looked);
  }

  Landing notAfter(long nanos) {
    return new Landing(why, earliest, nanos, looked);
  }

  /** Whether there must be a next try, also if nobody asks for a token. */
  boolean isToBeContinued() {
    return latest != Long.MAX_VALUE;
  }

  /** @param why the store could not be read, or null */
  static Landing sawNothing(TokenException why) {
    return new Landing(why, 0, Long.MAX_VALUE, true);
  }
}
