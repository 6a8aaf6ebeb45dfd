package org.everbearer.coordinator;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenStore.Snapshot;

/**
 * The tokens of an identity that has ended on this node, though perhaps not on others: a session has moved on, and the
 * copy that it left behind has timed out. The record is marked as needed by nobody, and given up after a while unless it
 * has changed: whoever still uses the tokens refreshes them sooner or later, which takes the mark away.
 */
final class Releases {
  /** Beyond the time after which the tokens must have been refreshed if anybody uses them. */
  private static final long SLACK = Nanos.ofMillis(60_000);

  private final CoordinatorContext context;
  /** So many wait for their end here at most; the others end when the store purges their rows. */
  private final Semaphore places;

  Releases(CoordinatorContext context, int most) {
    this.context = context;
    this.places = new Semaphore(most);
  }

  void begin(FamilyState family, Duration idle) throws TokenException {
    try {
      Snapshot stored = context.store.read(family.key);
      TokenRecord record = stored.record();
      long known = family.held().generation();
      boolean mine = record != null && !record.isCleared() && record.phase() != Phase.IN_FLIGHT
          && (known == 0 || known == record.generation());
      if (mine) {
        long left = Math.max(0, Nanos.ofMillis(record.expiresAt() - stored.now()));
        // Used to its end without a refresh, and then left alone for as long as that may be.
        long pause = left + Math.max(0, Nanos.of(idle)) + SLACK;
        TokenRecord marked = record.toBuilder().generation(record.generation() + 1)
            .purgeAfter(stored.now() + Nanos.toMillis(pause)).build();
        if (context.store.compareAndSet(family.key, record.generation(), marked)) {
          family.rebase(marked, family.epoch());
          endLater(family.key, marked.generation(), pause);
        }
      }
    } catch (IOException e) {
      throw new TokenException(Reason.STORE, context.name + ": the token store " + context.store.description()
          + " cannot be written: " + family.withoutTokens(e), e);
    }
    context.emit(family.event(TokenEvent.Type.RELEASED));
  }

  private void endLater(String key, long generation, long pause) {
    if (!places.tryAcquire()) return;
    context.work.schedule(pause, () -> {
      places.release();
      end(key, generation);
    });
  }

  /** If nobody has touched the record since. */
  private void end(String key, long generation) {
    try {
      context.store.compareAndSet(key, generation, null);
    } catch (IOException e) {
      // Then it goes when the store purges it.
    }
  }
}
