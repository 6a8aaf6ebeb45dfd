package org.everbearer.coordinator;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** The store of a client that asks for none: as durable as the process. */
final class MemoryTokenStore implements TokenStore {
  private final ConcurrentMap<String, TokenRecord> records = new ConcurrentHashMap<>();
  private final Ticker ticker;

  MemoryTokenStore(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public Snapshot read(String key) {
    return new Snapshot(records.get(key), ticker.currentTimeMillis());
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) {
    if (next != null && next.generation() <= expectedGeneration) {
      throw new IllegalArgumentException("generation " + next.generation() + " does not follow " + expectedGeneration);
    }
    if (expectedGeneration == 0) {
      return next == null ? !records.containsKey(key) : records.putIfAbsent(key, next) == null;
    }
    TokenRecord current = records.get(key);
    if (current == null || current.generation() != expectedGeneration) return false;
    return next == null ? records.remove(key, current) : records.replace(key, current, next);
  }

  @Override
  public String description() {
    return "memory";
  }
}
