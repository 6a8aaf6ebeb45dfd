package org.everbearer.coordinator;

/** A refresh token that was presented with no answer, and since when this process knows. Immutable. */
final class Unanswered {
  private static final long CLOCK_GRAIN = Nanos.ofMillis(1000);

  private final String hash;
  private final long since;

  private Unanswered(String hash, long since) {
    this.hash = hash;
    this.since = since;
  }

  /**
   * @param known what this process knows of earlier presentations; may be null
   * @param byStore nanoseconds since the presentation by the store's clock; one that says that it was in the future was set
   *     back since, nobody knows by how much
   */
  static Unanswered of(Unanswered known, String refreshHash, long now, long byStore) {
    if (known != null && known.hash.equals(refreshHash)) return known;
    long before = byStore < -CLOCK_GRAIN ? Nanos.MAX / 2 : Math.max(0, byStore);
    return new Unanswered(refreshHash, now - before);
  }

  /** Nanoseconds by the monotonic clock. */
  long lasts(long now) {
    return now - since;
  }
}
