package org.everbearer.coordinator;

import java.io.IOException;
import java.time.Duration;
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
final class Release {
  /** Beyond the time after which the tokens must have been refreshed if anybody uses them. */
  private static final long SLACK = Nanos.ofMillis(60_000);

  private final CoordinatorContext context;
  private final FamilyState family;

  Release(FamilyState family) {
    this.context = family.context;
    this.family = family;
  }

  void begin(Duration idle) throws TokenException {
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
          context.work.schedule(pause, () -> end(marked.generation()));
        }
      }
    } catch (IOException e) {
      throw new TokenException(Reason.STORE, context.name + ": the token store " + context.store.description()
          + " cannot be written: " + e.getMessage(), e);
    }
    context.emit(family.event(TokenEvent.Type.RELEASED));
  }

  /** Nobody has touched the record since. */
  private void end(long generation) {
    try {
      context.store.compareAndSet(family.key, generation, null);
    } catch (IOException e) {
      // Then it goes when the store purges it.
    }
  }
}
