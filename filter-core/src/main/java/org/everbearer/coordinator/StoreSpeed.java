package org.everbearer.coordinator;

/** What a store's slowness adds to a lease. A race keeps one of two recent experiences. Nanoseconds. */
final class StoreSpeed {
  private static final long LONGEST = Nanos.ofMillis(60_000);

  private volatile long allowance;

  long allowance() {
    return allowance;
  }

  /** A write has taken so long: a store that has become quicker needs less. */
  void note(long took) {
    long now = allowance;
    if (now > 0 && 8 * took < now) allowance = now / 2;
  }

  /** A write has taken so long that too little of the lease was left. */
  void tooSlow(long took) {
    allowance = Math.min(LONGEST, Math.max(4 * took, 2 * allowance));
  }
}
