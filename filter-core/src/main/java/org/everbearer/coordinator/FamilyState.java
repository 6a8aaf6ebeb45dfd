package org.everbearer.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;
import org.everbearer.Fingerprint;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.log.Failures;

/**
 * What is known of one family of tokens. A few volatile references to immutable objects; there is no lock. {@link #held} and
 * {@link #unsaved} are replaced by compare-and-set; the rest is written by the flight, or by whoever begins a new family.
 */
abstract class FamilyState {
  private static final AtomicReferenceFieldUpdater<FamilyState, Held> HELD =
      AtomicReferenceFieldUpdater.newUpdater(FamilyState.class, Held.class, "held");
  private static final AtomicReferenceFieldUpdater<FamilyState, UnsavedTokens> UNSAVED =
      AtomicReferenceFieldUpdater.newUpdater(FamilyState.class, UnsavedTokens.class, "unsaved");

  final CoordinatorContext context;
  /** Null for the web application's own. */
  final String identity;
  /** Under which the store keeps it. */
  final String key;
  /** With what it begins when nothing is stored; null if somebody else says so. */
  final TokenSet first;

  private volatile Held held;
  /** Null while the last refresh succeeded. */
  private volatile Failure failure;
  private volatile UnsavedTokens unsaved;
  /** The store's record as it would be if the store could be written. */
  private volatile TokenRecord shadow;
  /** Hash of the refresh token that was rejected last, so that it is not presented again while the store cannot say so. */
  private volatile String deadHash;
  /** The presentation that nobody has answered, as this process has seen it. */
  private volatile Unanswered unanswered;
  /** Hash of the access token that a person has given up. */
  private volatile String givenUp;
  /** Set once a caller was served the old token in the present streak of failures. A race tells it twice. */
  private volatile boolean toldStale;

  /** @param held what is held before the store has been read */
  FamilyState(CoordinatorContext context, String identity, String key, TokenSet first, Held held) {
    this.context = context;
    this.identity = identity;
    this.key = key;
    this.first = first;
    this.held = held;
  }

  final Held held() {
    return held;
  }

  final int epoch() {
    return held.epoch;
  }

  final boolean isCleared() {
    Held h = held;
    return h.record != null && h.record.isCleared();
  }

  /** Whether the token may be served. */
  final boolean isServed(Held h) {
    return h.isLive(context.ticker.nanoTime()) && !isOver(h);
  }

  /** A suspect whose refresh token is dead is no token any more: only signing in helps. */
  final boolean isOver(Held h) {
    return h.isSuspect() && Failure.isDeath(failure);
  }

  // --- what is held

  final boolean replace(Held seen, Held next) {
    return HELD.compareAndSet(this, seen, next);
  }

  /**
   * Takes it up unless something newer is held: generations only grow, and another family begins another epoch, so a late
   * flight cannot bring back the tokens that were replaced under it.
   *
   * @param epoch in which the caller has begun
   */
  final boolean publish(Held next, int epoch) {
    return change(epoch, next.generation(), next::after);
  }

  /** What is held stays as it is, under a newer record. */
  final void rebase(TokenRecord record, int epoch) {
    change(epoch, record.generation(), h -> h.under(record));
  }

  private boolean change(int epoch, long generation, UnaryOperator<Held> change) {
    while (true) {
      Held h = held;
      if (epoch != h.epoch || generation < h.generation()) return false;
      if (HELD.compareAndSet(this, h, change.apply(h).inEpoch(epoch))) return true;
    }
  }

  /**
   * A new family begins: what was known of failures belonged to the old one, as does what becomes of its refresh.
   *
   * @return false if something newer is held
   */
  final boolean beginAnew(Held next) {
    boolean newest;
    Held h;
    do {
      h = held;
      newest = next.generation() >= h.generation();
      // They do not follow from those held: a rejection of the old ones says nothing of them.
    } while (newest && !HELD.compareAndSet(this, h, next.inEpoch(h.epoch + 1)));
    return newest;
  }

  final void forgetWhatWasKnown() {
    succeeded();
    UnsavedTokens before = unsaved;
    if (before != null && before.epoch != held.epoch) forgetUnsaved(before);
    shadow = null;
    deadHash = null;
    unanswered = null;
  }

  /** Nothing is held any more, and nothing will be taken up. */
  final void holdNothingForGood() {
    held = Held.none(context.ticker.nanoTime(), TokenRecord.builder().generation(Long.MAX_VALUE).build());
  }

  // --- what the last refreshes have led to

  final Failure failure() {
    return failure;
  }

  /** No streak of failures is left. */
  final void succeeded() {
    failure = null;
    toldStale = false;
  }

  /** @return the failure as it is known from now on */
  final Failure failed(TokenException why, Landing landing, TokenEvent.Trigger trigger) {
    Held h = held;
    Failure next = Failure.after(failure, why, landing, trigger, h, isServed(h), context);
    failure = next;
    return next;
  }

  /** A failure of the family before is not this one's. */
  final void forgetFailure() {
    failure = null;
  }

  /** Nobody has brought a token: the pause goes on. If the store cannot be read, looking again makes no sense in it. */
  final void lookedInVain(TokenException blind) {
    Failure last = failure;
    if (last == null) return;
    boolean again = blind == null || last.cause.reason() == Reason.STORE;
    last.lookedAt = again ? context.ticker.nanoTime() : last.nextTry;
  }

  final void tellStale(Held h, Failure failed, long now) {
    if (toldStale || !h.isLive(now)) return;
    toldStale = true;
    context.emit(event(TokenEvent.Type.SERVED_STALE).failure(failed.cause, failed.streak, failed.nextTryAt));
  }

  /** Whether a person has given up this access token: what the store holds is no reason to serve it again. */
  final boolean isGivenUp(String accessToken) {
    String hash = givenUp;
    return hash != null && accessToken != null && hash.equals(Fingerprint.hash(accessToken));
  }

  final void givenUp(String accessToken) {
    givenUp = Fingerprint.hash(accessToken);
  }

  /** What somebody else has thrown says, without the tokens that are known here. */
  final String withoutTokens(Throwable thrown) {
    UnsavedTokens kept = unsaved;
    return RecordSecrets.of(held.record, kept == null ? null : kept.record).whole(Failures.wordsOf(thrown));
  }

  final UnsavedTokens unsaved() {
    return unsaved;
  }

  final void keepUnsaved(UnsavedTokens tokens) {
    unsaved = tokens;
  }

  final boolean forgetUnsaved(UnsavedTokens saved) {
    return UNSAVED.compareAndSet(this, saved, null);
  }

  final TokenRecord shadow() {
    return shadow;
  }

  final void shadow(TokenRecord record) {
    shadow = record;
  }

  final String deadHash() {
    return deadHash;
  }

  final void deadHash(String hash) {
    deadHash = hash;
  }

  /**
   * Nanoseconds since the refresh token was presented for the first time.
   *
   * @param byStore the same by the store's clock
   */
  final long sincePresented(TokenRecord record, long byStore) {
    long now = context.ticker.nanoTime();
    Unanswered known = Unanswered.of(unanswered, record, now, byStore);
    unanswered = known;
    return known.lasts(now);
  }

  /** This process presents a refresh token for the first time. */
  final void presents(TokenRecord mine) {
    unanswered = Unanswered.now(mine, context.ticker.nanoTime());
  }

  final TokenEvent.Builder event(TokenEvent.Type type) {
    long now = context.ticker.nanoTime();
    Held h = held;
    boolean over = isOver(h) || type == TokenEvent.Type.DEAD && h.isSuspect();
    return TokenEvent.of(type)
        .who(context.name, identity == null ? "application" : Fingerprint.of(identity), context.node)
        .at(Instant.ofEpochMilli(context.ticker.currentTimeMillis()))
        .endUnknown(h.endUnknown && !over)
        .token(h.token == null ? "none" : h.token.fingerprint(), h.generation(), over ? Duration.ZERO : h.validFor(now),
            over ? Duration.ZERO : h.freshFor(now));
  }
}
