package org.everbearer.coordinator;

import org.everbearer.TokenRecord;

/**
 * Somebody else's lease, as one refresh sees it. The lease counts as over when the record was seen unchanged for as long
 * as its owner wanted, by the monotonic clock of the watcher: no wall clock has a say, with one exception, that a record
 * which is old when it is first seen has been waited for already. And it is over at once when the store knows that its
 * owner has died. Touched by one worker at a time.
 */
final class LeaseWatch {
  private final CoordinatorContext context;
  private String owner;
  private long generation;
  private long since;
  private long length;

  LeaseWatch(CoordinatorContext context) {
    this.context = context;
  }

  /**
   * @param record in flight, of another owner
   * @param storeNow the store's time in milliseconds
   */
  boolean isHeld(TokenRecord record, long storeNow) {
    if (record.owner() == null || record.leaseUntil() == 0) return false;
    long now = context.ticker.nanoTime();
    if (!record.owner().equals(owner)) {
      long told = context.leases.lengthOf(record);
      length = Math.max(0, Math.min(told, Nanos.ofMillis(record.leaseUntil() - storeNow)));
      begin(record, now);
    } else if (record.generation() != generation) {
      // A sign of life. Whatever the clocks say now, it was written after the last look.
      length = context.leases.lengthOf(record);
      begin(record, now);
    }
    return now - since < length && !isOwnerGone();
  }

  /** Whether the store knows that the owner of the lease that was looked at last has died. Asks no database. */
  boolean isOwnerGone() {
    return context.store.isGone(owner);
  }

  private void begin(TokenRecord record, long now) {
    owner = record.owner();
    generation = record.generation();
    since = now;
  }
}
