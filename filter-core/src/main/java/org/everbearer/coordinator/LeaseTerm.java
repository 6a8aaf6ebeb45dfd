package org.everbearer.coordinator;

import java.time.Duration;
import org.everbearer.TokenRecord;

/**
 * How long a lease lasts under which a refresh token is presented. Immutable; nanoseconds.
 *
 * <pre>
 *            write              presented                                     answered, saved
 *   owner    ─┼──────────────────┼── renewal ── renewal ── renewal ────────────┼─
 *             │◄──── length ────►│   each begins the length anew, until        │
 *             │◄──────────────── longest ─────────────────────────────────────►│ (then it is given up)
 *   watcher        ─┼─ sees the record unchanged for as long as it says ─┼─ takes over
 * </pre>
 *
 * <p>Whoever takes a lease over presents the same token again. Inside the server's grace window that does no harm, so a
 * lease may be short and renewed while the answer is awaited: a dead owner is replaced soon. Where a second presentation
 * may cost the family, the lease lasts for the longest call and some more, so that only a dead or frozen owner loses it.
 * The time that a slow store takes comes on top of either.
 */
final class LeaseTerm {
  private static final long SHORTEST = Nanos.ofMillis(300);
  /** With a grace shorter than this the first mistake may be the last. */
  private static final long SHORTEST_GRACE = Nanos.ofMillis(4000);
  private static final long SLACK = Nanos.ofMillis(2000);
  /** So many leases of dead owners, one after the other, fit into the grace. */
  private static final int DEATHS_WITHIN_GRACE = 30;

  private final long length;
  private final long longest;
  private final long attempt;
  /** Whether it is renewed while the answer is awaited. */
  final boolean renewed;

  /**
   * @param attempt the longest one call of the refresher takes
   * @param grace how long the server accepts a spent refresh token again; null when unknown
   */
  LeaseTerm(long attempt, Duration grace) {
    this.attempt = attempt;
    longest = attempt + SLACK;
    long nanos = grace == null ? 0 : Nanos.of(grace);
    // Whoever is overtaken may be connecting still: what it sends in the end must be harmless, too.
    renewed = nanos >= SHORTEST_GRACE && nanos - nanos / 4 > attempt;
    length = renewed ? Math.min(longest, Math.max(SHORTEST, nanos / DEATHS_WITHIN_GRACE)) : longest;
  }

  /** @param allowance what the store's slowness adds */
  long length(long allowance) {
    return length + allowance;
  }

  /** From the presentation to the last moment at which the lease may still be held. */
  long longest(long allowance) {
    return longest + allowance;
  }

  /**
   * Whether, so long after the write of the lease was begun, enough of it is left to present the token: for the whole
   * call, or for the first renewal, which takes as long as this write has.
   */
  boolean isEnoughLeft(long sinceWrite, long allowance) {
    return renewed ? 3 * sinceWrite <= length(allowance) : length(allowance) - sinceWrite >= attempt;
  }

  long renewalPause(long allowance) {
    return length(allowance) / 3;
  }

  /** How long somebody else's lease is watched: what the record says, else what this node's own would last. */
  long lengthOf(TokenRecord record) {
    return record.leaseLength() > 0 ? Nanos.ofMillis(record.leaseLength()) : longest;
  }
}
