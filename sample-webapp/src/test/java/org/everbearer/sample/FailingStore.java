package org.everbearer.sample;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** A store that a test can take away, as a database goes away. */
public final class FailingStore implements TokenStore {
  static volatile boolean gone;
  private final Map<String, TokenRecord> records = new ConcurrentHashMap<>();

  /** For the configuration. */
  public FailingStore() {}

  @Override
  public Snapshot read(String key) throws IOException {
    requireThere();
    return new Snapshot(records.get(key), System.currentTimeMillis());
  }

  @Override
  public synchronized boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    requireThere();
    TokenRecord current = records.get(key);
    if ((current == null ? 0 : current.generation()) != expectedGeneration) return false;
    if (next == null) records.remove(key);
    else records.put(key, next);
    return true;
  }

  private static void requireThere() throws IOException {
    if (gone) throw new IOException("the database is gone");
  }
}
