package org.everbearer.coordinator;

import org.everbearer.TokenRecord;

/**
 * A refresh token that was presented with no answer, and since when, by this process's monotonic clock: no step of any
 * clock makes that longer or shorter once it is known. Immutable.
 */
final class Unanswered {
  private static final long CLOCK_GRAIN = Nanos.ofMillis(1000);

  private final String hash;
  private final long sentAt;
  private final long since;

  private Unanswered(String hash, long sentAt, long since) {
    this.hash = hash;
    this.sentAt = sentAt;
    this.since = since;
  }

  /** Presented by this process, just now. */
  static Unanswered now(TokenRecord presented, long now) {
    return new Unanswered(presented.spentHash(), presented.sentAt(), now);
  }

  /**
   * What this process knows of the presentation that the record tells of. At first sight it has to believe the store's
   * clock; one that says that it was in the future was set back since, nobody knows by how much.
   *
   * @param known what it knows of earlier ones; may be null
   * @param byStore nanoseconds since the presentation by the store's clock
   */
  static Unanswered of(Unanswered known, TokenRecord record, long now, long byStore) {
    if (known != null && known.sentAt == record.sentAt() && known.hash.equals(record.refreshHash())) return known;
    long before = byStore < -CLOCK_GRAIN ? Nanos.MAX / 2 : Math.max(0, byStore);
    return new Unanswered(record.refreshHash(), record.sentAt(), now - before);
  }

  /** Nanoseconds. */
  long lasts(long now) {
    return now - since;
  }
}
