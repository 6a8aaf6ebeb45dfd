package org.everbearer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a lease lasts under which a refresh token is presented. Immutable; nanoseconds.
 *
 * <p>Whoever takes a lease over presents the same token again. Inside the server's grace window that does no harm, so a
 * lease may be short and renewed while the answer is awaited: a dead owner is replaced soon. Where a second presentation
 * may cost the family, the lease lasts for the longest call and some more, so that only a dead or frozen owner loses it.
 */
final class LeaseTerm {
  private static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);
  private static final long SLACK = TimeUnit.SECONDS.toNanos(2);
  /** So many leases of dead owners, one after the other, fit into the grace. */
  private static final int DEATHS = 10;

  final long length;
  /** From the presentation to the last moment at which the lease may still be held. */
  final long longest;
  /** How old the reading of the record may be when the token is presented. */
  final long room;
  /** Whether it is renewed while the answer is awaited. */
  final boolean renewed;

  /**
   * @param attempt the longest one call of the refresher takes
   * @param grace how long the server accepts a spent refresh token again; null when unknown
   */
  LeaseTerm(long attempt, Duration grace) {
    longest = attempt + SLACK;
    long nanos = grace == null ? 0 : Nanos.of(grace);
    renewed = nanos >= 4 * SHORTEST;
    length = renewed ? Math.min(longest, Math.max(SHORTEST, nanos / DEATHS)) : longest;
    room = renewed ? length : SLACK;
  }

  long renewalPause() {
    return length / 3;
  }
}
