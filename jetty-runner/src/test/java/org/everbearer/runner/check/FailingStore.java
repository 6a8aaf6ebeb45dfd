package org.everbearer.runner.check;

import java.io.IOException;
import java.util.Objects;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/** A store that can be written until there is something that must not be lost. */
public final class FailingStore implements TokenStore {
  private TokenRecord record;

  @Override
  public synchronized Snapshot read(String key) {
    return new Snapshot(record, System.currentTimeMillis());
  }

  @Override
  public synchronized boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    boolean sameTokens = record == null || Objects.equals(record.refreshToken(), next.refreshToken());
    if (!sameTokens) throw new IOException("the disk is full");
    if ((record == null ? 0 : record.generation()) != expectedGeneration) return false;
    record = next;
    return true;
  }

  @Override
  public String description() {
    return "the store of the test";
  }
}
