package org.everbearer.coordinator;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;

/** Under which names the flights of one coordinator own leases: no other process, and no other flight, has the same. */
final class OwnerNames {
  private final String prefix = UUID.randomUUID() + "/";
  private final AtomicLong flights = new AtomicLong();

  String next() {
    return prefix + flights.incrementAndGet();
  }

  /**
   * Whether the record says that a flight of this coordinator presents the refresh token. There is one flight per store
   * key at a time, so for the flight that asks it is itself, or a dead one of this process; and it may be newer than
   * known, by a renewal of the lease.
   */
  boolean isOwn(TokenRecord record) {
    return record != null && record.phase() == Phase.IN_FLIGHT && record.owner() != null
        && record.owner().startsWith(prefix);
  }
}
