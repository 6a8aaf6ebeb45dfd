package org.everbearer.coordinator;

import java.io.Closeable;
import java.io.IOException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.everbearer.log.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way to the store. Drivers, pools and an application's own classes throw whatever they like; behind this gate
 * all of it is an {@link IOException}, that is a store that failed. Nothing but that comes out, without the tokens that were
 * to be written; and nothing of an interrupt goes in: an interrupted thread must not lose a token on its way to the store.
 *
 * <p>Safe for use by any number of threads. Holds no lock.
 */
final class StoreGateway implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(StoreGateway.class);
  private static final Closeable NOTHING = () -> {};
  /** Half of the numbers, so that there is always a next one. */
  private static final long LAST_GENERATION = Long.MAX_VALUE / 2;

  private final TokenStore store;
  private volatile boolean closed;

  StoreGateway(TokenStore store) {
    this.store = store;
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T call(Call<T> call) throws IOException {
    return call(call, null);
  }

  /** @param written what a driver may quote, and the failure must not; may be null */
  private <T> T call(Call<T> call, TokenRecord written) throws IOException {
    if (closed) throw new IOException("the store was closed");
    boolean interrupted = Thread.interrupted();
    try {
      return call.run();
    } catch (Throwable anything) {
      interrupted |= anything instanceof InterruptedException;
      throw Failures.withoutSecrets(anything instanceof IOException ? "" : "it failed with ", anything,
          RecordSecrets.of(written));
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  @Override
  public Snapshot read(String key) throws IOException {
    Snapshot snapshot = call(() -> store.read(key));
    if (snapshot == null) throw new IOException(store.getClass().getName() + " returned null for a read");
    if (snapshot.generation() > LAST_GENERATION) {
      throw new IOException("the record of " + key + " is damaged: no writer reaches the generation " + snapshot.generation()
          + ". Remedy: remove the record, and sign in again");
    }
    return snapshot;
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    return call(() -> store.compareAndSet(key, expectedGeneration, next), next);
  }

  /** Never throws: without the hint a dead owner is replaced when its lease is over. */
  @Override
  public Closeable holdWhilePresenting(String owner) {
    Closeable hold;
    try {
      hold = call(() -> store.holdWhilePresenting(owner));
    } catch (IOException e) {
      LOG.debug("{} gives no hint of life: {}", description(), e.toString());
      return NOTHING;
    }
    return hold == null ? NOTHING : () -> {
      try {
        call(() -> {
          hold.close();
          return null;
        });
      } catch (IOException e) {
        LOG.debug("{} kept a hint of life: {}", description(), e.toString());
      }
    };
  }

  @Override
  public boolean tellsLife() {
    try {
      return store.tellsLife();
    } catch (Throwable anything) {
      return false;
    }
  }

  @Override
  public boolean isGone(String owner) {
    try {
      return call(() -> store.isGone(owner));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String description() {
    try {
      return store.description();
    } catch (Throwable anything) {
      return store.getClass().getName();
    }
  }

  @Override
  public void close() {
    closed = true;
    store.close();
  }
}
