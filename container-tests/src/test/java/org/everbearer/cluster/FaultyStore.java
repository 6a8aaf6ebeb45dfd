package org.everbearer.cluster;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** A store on a disk that is full for a while, or that does what it is told and then says that it did not. */
final class FaultyStore implements TokenStore {
  private static final long LONGEST_OUTAGE_NANOS = 300_000_000L;

  final AtomicInteger failed = new AtomicInteger();
  private final TokenStore store;
  private final double share;
  private final Random random;
  private volatile boolean sound;
  // Guarded by this.
  private long downUntil = System.nanoTime();

  private enum Fault { NONE, DOWN, WRITTEN_BUT_FAILED }

  /** @param share of the writes that meet a fault, or begin an outage */
  FaultyStore(TokenStore store, double share, long seed) {
    this.store = store;
    this.share = share;
    this.random = new Random(seed);
  }

  /** From now on it works. */
  void mend() {
    sound = true;
  }

  private synchronized Fault next(boolean write) {
    if (sound) return Fault.NONE;
    if (System.nanoTime() - downUntil < 0) return Fault.DOWN;
    if (!write || random.nextDouble() >= share) return Fault.NONE;
    if (random.nextBoolean()) return Fault.WRITTEN_BUT_FAILED;
    downUntil = System.nanoTime() + (long) (random.nextDouble() * LONGEST_OUTAGE_NANOS);
    return Fault.DOWN;
  }

  @Override
  public Snapshot read(String key) throws IOException {
    if (next(false) == Fault.DOWN && random.nextBoolean()) throw failure();
    return store.read(key);
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    Fault fault = next(true);
    if (fault == Fault.DOWN) throw failure();
    boolean written = store.compareAndSet(key, expectedGeneration, next);
    if (fault == Fault.WRITTEN_BUT_FAILED) throw failure();
    return written;
  }

  private IOException failure() {
    failed.incrementAndGet();
    return new IOException("no space left on device, on request");
  }

  @Override
  public String description() {
    return store.description();
  }

  @Override
  public void close() {
    store.close();
  }
}
