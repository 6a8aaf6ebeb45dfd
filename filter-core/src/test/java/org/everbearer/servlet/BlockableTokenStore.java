package org.everbearer.servlet;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** A store whose writes hang while a test says so; found by class name. */
public final class BlockableTokenStore implements TokenStore {
  /** What writes wait for. Of the test that runs. */
  static volatile CountDownLatch writes = new CountDownLatch(0);
  private final Map<String, TokenRecord> records = new ConcurrentHashMap<>();

  /** For the configuration. */
  public BlockableTokenStore() {}

  @Override
  public Snapshot read(String key) {
    return new Snapshot(records.get(key), System.currentTimeMillis());
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    try {
      writes.await();
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    }
    synchronized (records) {
      if (read(key).generation() != expectedGeneration) return false;
      if (next == null) records.remove(key);
      else records.put(key, next);
      return true;
    }
  }
}
