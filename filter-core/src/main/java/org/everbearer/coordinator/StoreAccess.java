package org.everbearer.coordinator;

import java.io.IOException;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore.Snapshot;

/**
 * One family's way to the store during one refresh: reads and adopts, writes by compare-and-set, and, where the
 * configuration says {@code onStoreFailure=rotate}, goes on in memory while the store is away. Touched by one worker at
 * a time.
 */
final class StoreAccess {
  private static final int RECONCILE_TRIES = 20;

  private final FamilyState family;
  private final CoordinatorContext context;
  /** Of the family for which this was begun; what is brought later is not taken up by another one. */
  private final int epoch;

  /** The store failed in this refresh, and the configuration allows to go on without it. */
  private boolean away;
  private long storedGeneration;
  private long storeNow;
  private long readAt;

  StoreAccess(FamilyState family) {
    this(family, family.epoch());
  }

  StoreAccess(FamilyState family, int epoch) {
    this.family = family;
    this.context = family.context;
    this.epoch = epoch;
  }

  /** The newest record, whose tokens are taken up on the way. Never null. */
  TokenRecord read() throws TokenException {
    readAt = context.ticker.nanoTime();
    try {
      if (family.unsaved() != null) saveUnsaved(family.unsaved());
      away = false;
      Snapshot snapshot = context.store.read(family.key);
      snapshot = snapshot.record() == null ? created(snapshot) : repaired(snapshot);
      storedGeneration = snapshot.generation();
      storeNow = snapshot.now();
      TokenRecord record = withoutShadow(snapshot);
      adopt(record);
      return record;
    } catch (TokenException e) {
      throw e;
    } catch (IOException e) {
      TokenRecord inMemory = newestInMemory();
      TokenException failure = failed("read", e);
      if (!context.rotateWithoutStore || inMemory == null) throw failure;
      away = true;
      storeNow = context.ticker.currentTimeMillis();
      return inMemory;
    }
  }

  /** The store's time now, in milliseconds since 1970. */
  long now() {
    return storeNow + Nanos.toMillis(sinceRead());
  }

  /** Nanoseconds since the reading was begun. */
  long sinceRead() {
    return context.ticker.nanoTime() - readAt;
  }

  /** Whether this refresh goes on without the store. */
  boolean isAway() {
    return away;
  }

  /** False if somebody else has written since the reading. */
  boolean write(TokenRecord next) throws TokenException {
    if (!away) {
      try {
        if (!context.store.compareAndSet(family.key, storedGeneration, next)) return false;
        storedGeneration = next.generation();
        family.rebase(next, epoch);
        return true;
      } catch (IOException e) {
        TokenException failure = failed("written", e);
        if (!context.rotateWithoutStore) throw failure;
        away = true;
      }
    }
    family.shadow(next);
    return true;
  }

  /** Ends a presentation that came to nothing: whoever comes next finds the record as it was. */
  void giveBack(TokenRecord before, TokenRecord mine, int attempts) throws TokenException {
    boolean unclear = before.phase() == Phase.IN_FLIGHT && context.spends();
    TokenRecord.Builder next = before.toBuilder();
    if (unclear) next.lease(mine.owner(), 0).sent(before.sentAt(), attempts);
    else next.phase(Phase.IDLE, before.phase() == Phase.IDLE ? before.spentHash() : null).lease(null, 0).node(null).sent(0, 0);
    if (away) {
      family.shadow(unclear ? next.generation(mine.generation() + 1).build() : null);
      return;
    }
    try {
      TokenRecord last = mine;
      for (int i = 0; context.owners.isOwn(last); i++, last = context.store.read(family.key).record()) {
        if (i == RECONCILE_TRIES) throw refusing();
        TokenRecord ended = next.generation(last.generation() + 1).build();
        if (!context.store.compareAndSet(family.key, last.generation(), ended)) continue;
        family.rebase(ended, epoch);
        return;
      }
    } catch (IOException e) {
      failed("written", e);
    }
  }

  /** New tokens, before anything is done with them that could fail: from here on they are saved sooner or later. */
  void keepReceived(TokenRecord mine, TokenSet answer) {
    family.keepUnsaved(unsaved(NewTokens.received(family, mine, answer).build(), mine.spentHash()));
  }

  /**
   * Saves new tokens; if that fails they are kept, and saved again later.
   *
   * @return the record as it stands in the store, or is meant to; null if the store has moved on without us
   */
  TokenRecord save(TokenRecord next, String spentHash) {
    UnsavedTokens tokens = unsaved(next, spentHash);
    family.keepUnsaved(tokens);
    family.shadow(null);
    try {
      if (away) throw new IOException("the store was away when the refresh began");
      boolean written = context.store.compareAndSet(family.key, next.generation() - 1, next);
      TokenRecord saved = written ? next : reconcile(tokens);
      family.forgetUnsaved(tokens);
      return saved;
    } catch (IOException e) {
      TokenException failure = new TokenException(Reason.STORE, unsaved(e), e);
      context.emit(family.event(TokenEvent.Type.NOT_SAVED).failure(failure, 1, null));
      return next;
    }
  }

  private UnsavedTokens unsaved(TokenRecord next, String spentHash) {
    UnsavedTokens earlier = family.unsaved();
    return new UnsavedTokens(next, earlier == null ? spentHash : earlier.baseHash, epoch);
  }

  /** Writes tokens that could not be written before; see {@link UnsavedTokens#mayReplace}. */
  void saveUnsaved(UnsavedTokens tokens) throws IOException {
    TokenRecord saved = reconcile(tokens);
    if (!family.forgetUnsaved(tokens)) return;
    if (saved == null) return; // the store has moved on without them
    takeUp(saved);
    context.emit(family.event(TokenEvent.Type.SAVED));
  }

  /** They are held already, unless what was to follow their receipt has failed. */
  private void takeUp(TokenRecord saved) {
    if (saved.accessToken() == null || family.held().holds(saved.accessToken())) {
      family.rebase(saved, epoch);
      return;
    }
    try {
      adopt(saved);
    } catch (TokenException noTokens) {
      family.rebase(saved, epoch); // whoever reads it says what is wrong with it
    }
  }

  private TokenRecord reconcile(UnsavedTokens tokens) throws IOException {
    for (int i = 0; i < RECONCILE_TRIES; i++) {
      readAt = context.ticker.nanoTime();
      Snapshot stored = context.store.read(family.key);
      storeNow = stored.now();
      boolean cleared = family.isCleared();
      if (stored.record() == null ? cleared : !tokens.mayReplace(stored.record())) return null;
      TokenRecord next = tokens.record.toBuilder()
          .generation(Math.max(stored.generation() + 1, tokens.record.generation()))
          .build();
      if (context.store.compareAndSet(family.key, stored.generation(), next)) return next;
    }
    throw refusing();
  }

  private static IOException refusing() {
    return new IOException("it refuses to write over what it shows; are its reads older than its writes (a replica), or"
        + " are writes ignored (a trigger, a policy)?");
  }

  /**
   * The refresh token of {@code mine} was rejected: writes so, unless the store shows that it was spent by somebody
   * whose answer counts.
   *
   * @return whether the family is dead; false to look again
   */
  boolean declareDead(TokenRecord mine) {
    TokenRecord dead = null;
    try {
      for (int i = 0; !away; i++) {
        if (i == RECONCILE_TRIES) throw refusing();
        TokenRecord stored = context.store.read(family.key).record();
        if (stored == null) return true;
        boolean same = stored.refreshHash().equals(mine.refreshHash());
        boolean others = stored.phase() == Phase.IN_FLIGHT && !context.owners.isOwn(stored);
        if (!same || others) return false;
        if (stored.phase() == Phase.DEAD) return true;
        dead = stored.toBuilder().generation(stored.generation() + 1).phase(Phase.DEAD, mine.refreshHash())
            .lease(null, 0).sent(0, 0).build();
        if (context.store.compareAndSet(family.key, stored.generation(), dead)) break;
      }
    } catch (IOException e) {
      dead = null;
      failed("written", e);
    }
    if (dead != null) family.rebase(dead, epoch);
    family.shadow(null);
    if (family.epoch() == epoch) family.deadHash(mine.refreshHash());
    return true;
  }

  /** Takes up what the store has, unless it is what is held already. */
  void adopt(TokenRecord record) throws TokenException {
    Held held = family.held();
    if (held.record != null && record.generation() <= held.generation()) return;
    boolean same = record.accessToken() != null && held.holds(record.accessToken());
    if (same && !replacesFamily(held.record, record) || family.isGivenUp(record.accessToken())) {
      family.rebase(record, epoch);
      return;
    }
    boolean first = held.record == null;
    if (!family.publish(context.records.held(record, now()), epoch)) return;
    if (first && record.accessToken() == null) return;
    TokenEvent.Builder told = first ? family.event(TokenEvent.Type.LOADED)
        : family.event(TokenEvent.Type.ADOPTED).node(record.phase() == Phase.IDLE ? record.node() : null);
    if (replacesFamily(held.record, record)) {
      told.families(PairHistory.fingerprint(held.record), PairHistory.fingerprint(record));
    }
    context.emit(told);
  }

  /** Whether the new record does not go on from where the old one stood. */
  private static boolean replacesFamily(TokenRecord old, TokenRecord record) {
    if (old == null || old.refreshToken() == null || record.refreshToken() == null) return false;
    return !old.refreshToken().equals(record.refreshToken())
        && !record.spent().contains(TokenRecord.markOf(old.refreshToken()));
  }

  /**
   * What another hand than ours has put into the store, made fit to go on from.
   *
   * <p>An older pair of the family that is held was restored from somewhere: a backup, a file that configuration
   * management has written back, an editor that was open. To present it would be to spend it twice; what is held is its
   * successor, and goes back over it. Tokens that were cleared stay so.
   *
   * <p>Anything else is news, also under a lower generation than is held: it is written again under a higher one, for
   * memory follows no lower one.
   */
  private Snapshot repaired(Snapshot stored) throws IOException, TokenException {
    TokenRecord known = family.held().record;
    if (known == null) return stored;
    Snapshot found = stored;
    for (int i = 0; ; i++, found = context.store.read(family.key)) {
      if (i == RECONCILE_TRIES) throw refusing();
      TokenRecord record = found.record();
      if (record == null) return created(found);
      boolean restored = PairHistory.isRestored(record, known);
      if (!restored && record.generation() >= known.generation()) return found;
      TokenRecord next = (restored ? known : record).toBuilder()
          .generation(Math.max(record.generation(), known.generation()) + 1)
          .build();
      if (!context.store.compareAndSet(family.key, found.generation(), next)) continue;
      if (restored) {
        family.rebase(next, epoch);
        context.emit(family.event(TokenEvent.Type.REPAIRED)
            .families(PairHistory.fingerprint(record), PairHistory.fingerprint(next)));
      }
      return new Snapshot(next, found.now());
    }
  }

  /** There is no record: makes the first one, or again the one that somebody removed under us. */
  private Snapshot created(Snapshot empty) throws IOException, TokenException {
    TokenRecord inMemory = newestInMemory();
    TokenRecord first;
    if (inMemory != null) {
      first = inMemory.toBuilder().generation(inMemory.generation() + 1).build();
    } else if (family.first != null) {
      first = context.records.of(family.first, empty.now(), family.identity != null, null);
    } else if (!context.spends()) {
      first = TokenRecord.builder().build();
    } else {
      throw new TokenException(Reason.NO_TOKENS, family.identity == null
          ? "there are no tokens: configure a first pair (accessToken, refreshToken), or hand one over (storeTokens)"
          : "there are no tokens for this identity: hand them over after login (storeTokens)");
    }
    if (context.store.compareAndSet(family.key, 0, first)) {
      if (inMemory != null) family.rebase(first, epoch);
      return new Snapshot(first, empty.now());
    }
    Snapshot others = context.store.read(family.key);
    if (others.record() == null) throw new IOException("the record comes and goes; does something else clear it?");
    return others;
  }

  private TokenRecord withoutShadow(Snapshot snapshot) {
    TokenRecord shadow = family.shadow();
    boolean ahead = shadow != null && snapshot.record().phase() == Phase.IDLE
        && shadow.refreshHash().equals(snapshot.record().refreshHash());
    if (!ahead) {
      family.shadow(null);
      return snapshot.record();
    }
    // The store came back and knows nothing of a presentation that was made while it was away.
    return shadow.generation() > snapshot.generation() ? shadow
        : shadow.toBuilder().generation(snapshot.generation()).build();
  }

  private TokenRecord newestInMemory() {
    TokenRecord shadow = family.shadow();
    return shadow != null ? shadow : family.held().record;
  }

  private TokenException failed(String what, IOException e) {
    TokenException failure = new TokenException(Reason.STORE,
        "the token store " + context.store.description() + " cannot be " + what + ": "
            + family.withoutTokens(e), e);
    context.emit(family.event(TokenEvent.Type.STORE_FAILED).failure(failure, 1, null));
    return failure;
  }

  private String unsaved(IOException e) {
    return "new tokens could not be saved in " + context.store.description() + " ("
        + family.withoutTokens(e) + "); they are kept in memory and saved again. Do not stop this process before that";
  }
}
