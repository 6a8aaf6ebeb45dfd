package org.everbearer.coordinator;

import java.io.IOException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** A store in memory that fails when it is told to. */
final class FailingStore implements TokenStore {
  private final MemoryTokenStore memory;
  int reads;
  boolean failReads;
  boolean failWrites;
  boolean failAfterApplying;
  int failWritesAfter = Integer.MAX_VALUE;

  FailingStore(Ticker ticker) {
    memory = new MemoryTokenStore(ticker);
  }

  TokenRecord stored(String key) {
    return memory.read(key).record();
  }

  void drop(String key) {
    memory.compareAndSet(key, stored(key).generation(), null);
  }

  @Override
  public Snapshot read(String key) throws IOException {
    reads++;
    if (failReads) throw new IOException("cannot read");
    return memory.read(key);
  }

  @Override
  public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
    if (failWrites || failWritesAfter <= 0) throw new IOException("disk full");
    if (failWritesAfter != Integer.MAX_VALUE) failWritesAfter--;
    boolean applied = memory.compareAndSet(key, expected, next);
    if (failAfterApplying) throw new IOException("connection lost after the write");
    return applied;
  }

  @Override
  public String description() {
    return "failing store";
  }
}
