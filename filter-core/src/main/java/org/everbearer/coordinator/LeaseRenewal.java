package org.everbearer.coordinator;

import java.io.IOException;
import org.everbearer.TokenRecord;

/**
 * Renews the lease of one presentation while its answer is awaited. Compare-and-set decides, as for every write: a lease
 * that somebody has taken over is not taken back. A renewal may still be on its way when the answer is there, so whoever
 * writes next may find a record of its own that is newer than {@link #end} says.
 */
final class LeaseRenewal implements Runnable {
  private final FamilyState family;
  private final CoordinatorContext context;
  private final long presentedAt;
  private final long storeTimeThen;
  private final long allowance;
  private final int epoch;
  private volatile TokenRecord mine;
  private volatile boolean ended;
  private volatile Runnable cancel = () -> {};

  /**
   * @param storeNow the store's time in milliseconds
   * @param allowance what the store's slowness adds to a lease
   * @param epoch of the family whose token is presented
   */
  LeaseRenewal(FamilyState family, TokenRecord mine, long storeNow, long allowance, int epoch) {
    this.family = family;
    this.context = family.context;
    this.mine = mine;
    this.presentedAt = context.ticker.nanoTime();
    this.storeTimeThen = storeNow;
    this.allowance = allowance;
    this.epoch = epoch;
  }

  void begin() {
    if (context.leases.renewed) cancel = context.work.renewal(context.leases.renewalPause(allowance), this);
  }

  /** The record as this node has written it last. */
  TokenRecord end() {
    ended = true;
    cancel.run();
    return mine;
  }

  @Override
  public void run() {
    long held = context.ticker.nanoTime() - presentedAt;
    long left = context.leases.longest(allowance) - held;
    // A lease of less than what a record can tell would read as one of unknown length.
    if (ended || left < Nanos.ofMillis(1)) return;
    long length = Math.min(left, context.leases.length(allowance));
    TokenRecord before = mine;
    TokenRecord renewed = before.toBuilder()
        .generation(before.generation() + 1)
        .lease(before.owner(), storeTimeThen + Nanos.toMillis(held + length), Nanos.toMillis(length))
        .build();
    try {
      if (!context.store.compareAndSet(family.key, before.generation(), renewed)) return;
      mine = renewed;
      family.rebase(renewed, epoch);
    } catch (IOException e) {
      // The next renewal may succeed; if none does, somebody else asks too, which is harmless while leases are renewed.
    }
    begin();
  }
}
