package org.everbearer;

import java.io.Closeable;
import java.io.IOException;

/**
 * Keeps one {@link TokenRecord} per key, for one process or for many.
 *
 * <p>What every store promises, and what the coordination of nodes is built on:
 *
 * <ol>
 *   <li>A record is read and written as a whole: no reader ever sees parts of two records.
 *   <li>{@link #compareAndSet} is linearizable over all processes that share the store: of any number of writers who
 *       expect the same generation, exactly one succeeds.
 *   <li>When {@link #compareAndSet} returns true, the record has reached the medium and survives the death of the
 *       process (the memory store excepted).
 *   <li>When it throws, the record may or may not have been written; the caller reads again to find out.
 *   <li>A store that cannot be read throws. It never answers "empty" for a record that is damaged, cannot be decrypted
 *       or cannot be reached.
 *   <li>There is one clock per store, {@link Snapshot#now()}: that of the database, or of the one host.
 *   <li>A lease is no separate thing: whoever sets the phase to {@link TokenRecord.Phase#IN_FLIGHT} by compare-and-set
 *       holds it, the generation it wrote is the fencing number, and a write by an older holder fails.
 *   <li>Nothing but a {@linkplain #holdWhilePresenting hint of life} is held between calls: no transaction is open while
 *       a refresh is on its way, and no lock that another reader or writer would have to wait for.
 * </ol>
 *
 * <p>An application's own store is a public class with a public no-argument constructor whose name is the value of the
 * {@code store} parameter. Implementations are safe for use by any number of threads, and may block; they are never
 * called from a thread that does network I/O for others, nor with a lock held.
 */
public interface TokenStore {

  /**
   * The newest record, and the store's time at which it was read.
   *
   * @throws IOException if the store cannot tell; the message names the store and the remedy, never a token
   */
  Snapshot read(String key) throws IOException;

  /**
   * Writes {@code next} if the record still has the expected generation.
   *
   * @param expectedGeneration generation of the record to replace; 0 if there must be none
   * @param next the record to write, of a higher generation; null removes the record
   * @return false if the record has another generation, in which case nothing was written
   * @throws IOException if it is unknown whether the record was written
   * @throws IllegalArgumentException if the generation of {@code next} is not higher than expected
   */
  boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException;

  /**
   * Called before a refresh token is presented by this owner, and closed after the result was saved. A store that can,
   * holds something meanwhile that the operating system or the database releases by itself when the process dies.
   *
   * @param owner an opaque id, unique per refresh, of at most 200 characters of {@code [A-Za-z0-9@._:/-]}; a store that
   *     makes a name of it does not trust that
   * @throws IOException never for want of the hint: a store that fails to hold it says so in its log and does without
   */
  default Closeable holdWhilePresenting(String owner) throws IOException {
    return () -> {};
  }

  /** Whether {@link #holdWhilePresenting} and {@link #isGone} do anything, so that asking often makes sense. */
  default boolean tellsLife() {
    return false;
  }

  /**
   * Whether the owner, which another process named in a record, has certainly died. A hint only: false when in doubt,
   * and for an owner in this JVM; compare-and-set stays the one authority. Must be cheap, for it is called every 20 ms
   * while somebody waits for that owner, and must not throw.
   */
  default boolean isGone(String owner) {
    return false;
  }

  /** What distinguishes this store in a message, for instance {@code file:/var/lib/app/tokens}; no secrets. */
  default String description() {
    return getClass().getName();
  }

  /** Lets go of whatever the store holds open. Called once, after the last use. */
  default void close() {}

  /** A record as it was at one moment of the store's time. Immutable. */
  final class Snapshot {
    private final TokenRecord record;
    private final long now;

    /**
     * @param record the record, or null if there is none
     * @param now the store's time in milliseconds since 1970
     */
    public Snapshot(TokenRecord record, long now) {
      this.record = record;
      this.now = now;
    }

    /** The record, or null if there is none. */
    public TokenRecord record() {
      return record;
    }

    /** The generation to expect for a write: that of the record, or 0. */
    public long generation() {
      return record == null ? 0 : record.generation();
    }

    /** The store's time at the moment of reading, in milliseconds since 1970. */
    public long now() {
      return now;
    }
  }
}
