package org.everbearer.coordinator;

import java.io.IOException;
import org.everbearer.Fingerprint;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore.Snapshot;

/**
 * Begins another family in the place of the one that is stored and held: by what a caller hands over, by the configured
 * pair, or by nothing. Written first, and held only then; a refresh of the old family that is on its way changes nothing
 * any more.
 */
final class FamilyReplacement {
  private static final int TRIES = 100;

  private final CoordinatorContext context;
  private final FamilyFlights family;

  FamilyReplacement(FamilyFlights family) {
    this.context = family.context;
    this.family = family;
  }

  /** By tokens that somebody hands over, for instance after a login. */
  void store(TokenSet tokens) throws TokenException {
    TokenEvent.Builder told = replace(TokenEvent.Type.STORED, stored -> {
      TokenRecord record = stored.record();
      // Whoever hands over a token that was spent has missed its successor, which is there already.
      boolean missed = record != null && record.phase() != Phase.DEAD && tokens.refreshToken() != null
          && PairHistory.of(record).hasSpent(tokens.refreshToken());
      if (missed) return null;
      TokenRecord begun = context.records.of(tokens, stored.now(), true, record);
      boolean presented = record != null && record.phase() == Phase.IN_FLIGHT && tokens.refreshToken() != null
          && tokens.refreshToken().equals(record.refreshToken());
      // Whoever presents it, or has presented it, still does, or has: a second time would be one too many.
      return !presented ? begun.toBuilder() : record.toBuilder()
          .tokens(begun.accessToken(), begun.refreshToken())
          .expiry(begun.expiresAt(), begun.lifetime());
    });
    context.emit(told != null ? told : family.current().event(TokenEvent.Type.STORED));
  }

  /** By nothing. */
  void clear() throws TokenException {
    TokenEvent.Builder told = replace(TokenEvent.Type.CLEARED, stored -> PairHistory.of(stored.record())
        .begunFrom(null, null).onto(TokenRecord.builder()).phase(Phase.DEAD, null));
    family.current().disarm();
    context.emit(told);
  }

  /** By a pair in the configuration, if it was never seen; any other one is older than what is stored. */
  void configure(TokenSet first) throws TokenException {
    String access = first.accessToken();
    String refresh = first.refreshToken();
    TokenRecord[] known = new TokenRecord[1];
    TokenEvent.Builder told = replace(TokenEvent.Type.LOADED, stored -> {
      TokenRecord record = stored.record();
      known[0] = record;
      boolean seen = record != null && PairHistory.of(record).knows(access, refresh);
      return seen ? null : context.records.of(first, stored.now(), false, record).toBuilder();
    });
    if (told != null) {
      context.emit(told);
      return;
    }
    PairHistory history = PairHistory.of(known[0]);
    if (history.beganFrom(access, refresh) || history.standsAt(access, refresh)) return;
    TokenEvent.Builder old = family.event(TokenEvent.Type.OLD_PAIR)
        .families(Fingerprint.of(refresh != null ? refresh : access), PairHistory.fingerprint(known[0]));
    if (known[0].phase() == Phase.DEAD && !known[0].isCleared()) {
      old.failure(new TokenException(Reason.REJECTED, "the stored refresh token is dead, and the configured one is older"),
          0, null);
    }
    context.emit(old);
  }

  /** A pair that was received and could not be saved is what the next one is measured by. */
  private void saveWhatIsNewer() throws IOException {
    FamilyFlights live = family.current();
    UnsavedTokens unsaved = live.unsaved();
    if (unsaved != null) new StoreAccess(live).saveUnsaved(unsaved);
  }

  private interface Change {
    /** What to write over the stored record, or null to leave it; the generation is set by the caller. */
    TokenRecord.Builder over(Snapshot stored);
  }

  /** What to tell of it; null if there was nothing to change. */
  private TokenEvent.Builder replace(TokenEvent.Type type, Change change) throws TokenException {
    if (context.isClosed()) throw context.closedFailure();
    try {
      saveWhatIsNewer();
      for (int i = 0; i < TRIES; i++) {
        Snapshot stored = context.store.read(family.key);
        TokenRecord.Builder changed = change.over(stored);
        if (changed == null) return null;
        FamilyFlights live = family.current();
        long known = live.held().generation();
        if (live.isForgotten()) continue; // just now, and what it held says nothing any more
        TokenRecord next = changed.generation(Math.max(stored.generation(), known) + 1).build();
        if (!context.store.compareAndSet(family.key, stored.generation(), next)) continue;
        Held begun = context.records.held(next, stored.now());
        FamilyFlights now = family.current();
        while (!now.restart(begun)) now = family.current();
        return now.event(type).families(PairHistory.fingerprint(stored.record()), PairHistory.fingerprint(next));
      }
    } catch (TokenException e) {
      throw e;
    } catch (IOException e) {
      throw new TokenException(Reason.STORE, context.name + ": the token store " + context.store.description()
          + " cannot be written: " + family.withoutTokens(e), e);
    }
    throw new TokenException(Reason.STORE, context.name + ": the record changes faster than it can be written");
  }
}
