package org.everbearer.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;
import org.everbearer.AccessToken;
import org.everbearer.Fingerprint;
import org.everbearer.JwtClaims;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.log.Redaction;

/**
 * The tokens of one identity. All its state is in a few volatile references to immutable objects; there is no lock.
 * {@link #held}, {@link #flight} and {@link #unsaved} are replaced by compare-and-set. Callers read {@link #held};
 * whoever sets {@link #flight} from null begins the one refresh, and {@link #land} is the only way to null again. The
 * rest is written by the flight, or by whoever begins a new family.
 */
final class TokenFamily implements TokenSource, TokenWait.Decisions {
  private static final AtomicReferenceFieldUpdater<TokenFamily, Held> HELD =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, Held.class, "held");
  private static final AtomicReferenceFieldUpdater<TokenFamily, Flight> FLIGHT =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, Flight.class, "flight");
  private static final AtomicReferenceFieldUpdater<TokenFamily, UnsavedTokens> UNSAVED =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, UnsavedTokens.class, "unsaved");

  /** How long callers wait for another token than the suspect, which they can have at once: most refreshes are faster. */
  private static final long PATIENCE_WITH_SUSPECT = Nanos.ofMillis(1000);
  private static final long LOOK_PAUSE = Nanos.ofMillis(500);

  /** Where families live. */
  interface Home {
    /** Stands in the place of a forgotten family's flight. */
    Flight forgotten();

    /** The family that has taken the place of a forgotten one. */
    TokenFamily successor(TokenFamily old);

    /** Sets the flight on its way. It lands whatever happens, perhaps before this returns. */
    void launch(TokenFamily family, Flight flight);

    /**
     * The family has no tokens, or they are not needed here any more.
     *
     * @param unknown nobody knows the identity
     */
    void dropUnused(TokenFamily family, boolean unknown);
  }

  final CoordinatorContext context;
  private final Home home;
  /** Null for the web application's own. */
  final String identity;
  /** Under which the store keeps it. */
  final String key;
  /** With what it begins when nothing is stored; null if somebody else says so. */
  final TokenSet first;

  private volatile Held held;
  private volatile Flight flight;
  /** Null while the last refresh succeeded. */
  private volatile Failure failure;
  private volatile UnsavedTokens unsaved;
  /** The store's record as it would be if the store could be written. */
  private volatile TokenRecord shadow;
  /** Hash of the refresh token that was rejected last, so that it is not presented again while the store cannot say so. */
  private volatile String deadHash;
  /** The presentation that nobody has answered, as this process has seen it. */
  private volatile Unanswered unanswered;
  /** Set once a caller was served the old token in the present streak of failures. A race tells it twice. */
  private volatile boolean toldStale;
  private final Rejections rejections;
  private volatile Runnable cancelTimer = () -> {};

  /** @param held what is held before the store has been read */
  TokenFamily(CoordinatorContext context, Home home, String identity, String key, TokenSet first, Held held) {
    this.context = context;
    this.home = home;
    this.identity = identity;
    this.key = key;
    this.first = first;
    this.held = held;
    this.rejections = new Rejections(held.since);
  }

  // --- what callers ask for

  @Override
  public AccessToken accessToken() throws TokenException {
    Held h = held;
    if (h.staleAt - context.ticker.nanoTime() > 0) return h.token;
    return new TokenWait(context, this).await();
  }

  @Override
  public String token() throws TokenException {
    Held h = held;
    return h.staleAt - context.ticker.nanoTime() > 0 ? h.value : accessToken().value();
  }

  @Override
  public AccessToken accessTokenNow() {
    Held h = held;
    return h.staleAt - context.ticker.nanoTime() > 0 ? h.token : next().token;
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    return new TokenWait(context, this).future();
  }

  @Override
  public boolean isExpired() {
    TokenFamily now = current();
    Held h = now.held;
    return h.at(context.ticker.nanoTime()) == Freshness.EXPIRED || now.isOver(h);
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    return invalidate(rejectedToken, null);
  }

  @Override
  public boolean invalidate(String rejectedToken, String said) {
    TokenFamily now = current();
    if (now != this) return now.invalidate(rejectedToken, said);
    return suspect(rejectedToken, said) != null || !held.holds(rejectedToken);
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    return replacementFor(rejectedToken, null);
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken, String said) {
    TokenFamily now = current();
    if (now != this) return now.replacementFor(rejectedToken, said);
    Flight bringing = suspect(rejectedToken, said);
    if (bringing == null && held.holds(rejectedToken)) {
      return isOver(held) ? TokenWait.failed(forCaller(failure.cause)) : CompletableFuture.completedFuture(null);
    }
    return new TokenWait(context, this).otherThan(rejectedToken, bringing);
  }

  @Override
  public void accepted(AccessToken token) {
    TokenSource.super.accepted(token);
    Held h = held;
    if (h.token == token && h.isSuspect()) HELD.compareAndSet(this, h, h.trusted());
  }

  /** Begins a refresh, or joins the one on its way, whatever the state and the back-off. */
  CompletableFuture<AccessToken> refreshNow() {
    return new TokenWait(context, current()).ofManualRefresh();
  }

  /** This family, or the one that has taken its place since it was forgotten. */
  TokenFamily current() {
    return isForgotten() ? home.successor(this) : this;
  }

  // --- the decision: serve, wait, or fail

  @Override
  public Answer next() {
    TokenFamily successor = current();
    if (successor != this) return successor.next();
    long now = context.ticker.nanoTime();
    Held h = held;
    Freshness freshness = h.at(now);
    if (freshness == Freshness.FRESH) return Answer.serve(h);
    Flight flying = flight;
    if (flying == home.forgotten()) return next();
    Failure failed = failure;
    boolean live = h.isLive(now) && !isOver(h);
    if (h.isSuspect() && live) return besideSuspect(h, flying, failed, now);
    if (failed != null && failed.isPausing(now, live)) {
      if (live && flying == null) tellStale(h, failed, now);
      return live ? Answer.serve(h) : pausing(failed, flying, now);
    }
    // What has no known end is not withheld by a guess while refreshing fails.
    if (live && (freshness == Freshness.STALE || h.endUnknown && failed != null)) {
      if (flying == null) begin(TokenEvent.Trigger.AHEAD);
      return Answer.serve(h);
    }
    return Answer.await(begin(h.isSuspect() ? TokenEvent.Trigger.REJECTED : TokenEvent.Trigger.EXPIRED, h));
  }

  /** The suspect is as good as nothing if the refresh is quick, and better than nothing if it is not. */
  private Answer besideSuspect(Held h, Flight flying, Failure failed, long now) {
    Flight bringing = flying;
    boolean due = h.suspicion.refreshAt - now <= 0 && (failed == null || !failed.isPausing(now, false));
    if (flying == null && due) bringing = begin(TokenEvent.Trigger.REJECTED, h);
    boolean quick = bringing != null && !bringing.onlyLooks && now - bringing.startedAt < PATIENCE_WITH_SUSPECT;
    return quick ? Answer.await(bringing) : Answer.serve(h);
  }

  /** No token, and none is asked for just now; another node may have brought one. */
  private Answer pausing(Failure failed, Flight flying, long now) {
    Flight hope = flying == null ? look(failed, now) : flying;
    // A store that does not answer keeps a look waiting, and with it nobody.
    boolean vain = hope != null && hope.onlyLooks && failed.cause.reason() == Reason.STORE;
    return hope == null || vain ? Answer.fail(failed.cause) : Answer.await(hope);
  }

  /** A suspect whose refresh token is dead is no token any more: only signing in helps. */
  private boolean isOver(Held h) {
    return h.isSuspect() && Failure.isDeath(failure);
  }

  @Override
  public AccessToken served() {
    TokenFamily now = current();
    Held h = now.held;
    return now.isServed(h) ? h.token : null;
  }

  private boolean isServed(Held h) {
    return h.isLive(context.ticker.nanoTime()) && !isOver(h);
  }

  @Override
  public long patience(Flight flying) {
    TokenFamily successor = current();
    if (successor != this) return successor.patience(flying);
    long wait = Nanos.of(context.waitTimeout);
    Held h = held;
    if (!h.isSuspect() || !isServed(h)) return wait;
    return Math.min(wait, Math.max(0, flying.startedAt + PATIENCE_WITH_SUSPECT - context.ticker.nanoTime()));
  }

  /** @return the flight that may bring another token; null if there is none, or if this is not the token that is held */
  private Flight suspect(String rejectedToken, String said) {
    while (true) {
      long now = context.ticker.nanoTime();
      Held h = held;
      if (!h.holds(rejectedToken)) return null;
      if (!h.isSuspect()) {
        Held suspected = h.suspected(now, rejections.soonestReplacement(now));
        if (!HELD.compareAndSet(this, h, suspected)) continue;
        h = suspected;
        tellRejection(h, true, said);
      } else {
        tellRejection(h, false, said);
      }
      Flight flying = flight;
      if (flying == home.forgotten()) return current().suspect(rejectedToken, said);
      if (flying != null && !flying.onlyLooks) return flying;
      Failure failed = failure;
      boolean pausing = failed != null && failed.isPausing(now, false) || h.suspicion.refreshAt - now > 0;
      return pausing ? null : begin(TokenEvent.Trigger.REJECTED, h);
    }
  }

  private void tellRejection(Held suspect, boolean first, String said) {
    int count = rejections.note(first, context.ticker.nanoTime());
    if (count == 0) return;
    context.emit(event(TokenEvent.Type.INVALIDATED).trigger(TokenEvent.Trigger.REJECTED).count(count)
        .streak(suspect.rejections)
        .detail(suspect.rejections > 1 && first ? whyRejected(suspect, said) : null));
  }

  /** For a person to compare: what the resource server says, and for what the token says it is good; null if neither does. */
  private static String whyRejected(Held suspect, String said) {
    String purpose = JwtClaims.of(suspect.value).purpose();
    if (said == null) return purpose;
    String words = "It says: " + new Redaction(Collections.singletonList(suspect.value)).of(said);
    return purpose == null ? words : words + ". " + purpose;
  }

  /** Holds no token from now on, though the one that was held may be good; the next call gets another one. */
  void giveUp() {
    TokenFamily successor = current();
    if (successor != this) {
      successor.giveUp();
      return;
    }
    Held h = held;
    while (h.token != null
        && !HELD.compareAndSet(this, h, Held.none(context.ticker.nanoTime(), h.record).inEpoch(h.epoch))) h = held;
    if (h.token != null) context.emit(event(TokenEvent.Type.GIVEN_UP).detail(h.token.fingerprint()));
  }

  @Override
  public TokenException timedOut() {
    return new TokenException(Reason.TIMEOUT, context.name + ": no token within "
        + context.waitTimeout.toMillis() + " ms (waitTimeout); the refresh goes on");
  }

  @Override
  public TokenException forCaller(TokenException cause) {
    Failure failed = current().failure;
    // Of a dead family nobody is asked any more: only the store is looked at, in case that somebody has signed in.
    boolean planned = failed != null && failed.cause == cause && !Failure.isDeath(failed);
    Instant next = planned ? failed.nextTryAt : null;
    return cause.forCaller(context.name + ": " + cause.getMessage() + (next == null ? "" : "; next try at " + next), next);
  }

  private void tellStale(Held h, Failure failed, long now) {
    if (toldStale || !h.isLive(now)) return;
    toldStale = true;
    context.emit(event(TokenEvent.Type.SERVED_STALE).failure(failed.cause, failed.streak, failed.nextTryAt));
  }

  // --- the one flight

  /** While this node pauses and has no token, another one may have brought one: the store is looked at, seldom. */
  private Flight look(Failure failed, long now) {
    if (context.ownStore || now - failed.lookedAt < LOOK_PAUSE) return null;
    failed.lookedAt = now;
    Flight look = new Flight(TokenEvent.Trigger.EXPIRED, held, now);
    look.onlyLooks = true;
    if (!FLIGHT.compareAndSet(this, null, look)) return null; // somebody else has begun one just now
    home.launch(this, look);
    return look;
  }

  /** Whatever was read before may be old: the flight looks again. */
  @Override
  public Flight begin(TokenEvent.Trigger trigger) {
    return begin(trigger, held);
  }

  /** @param seen what was held when the caller decided: if there is another token by now, the flight is over at once */
  private Flight begin(TokenEvent.Trigger trigger, Held seen) {
    Flight fresh = null;
    while (true) {
      TokenFamily successor = current();
      if (successor != this) return successor.begin(trigger);
      Flight flying = flight;
      if (flying != null && flying != home.forgotten()) {
        if (flying.asksTheEndpoint()) return flying;
        Thread.yield(); // a look that has found nothing and is about to land, with no I/O in between
        continue;
      }
      if (fresh == null) fresh = new Flight(trigger, seen, context.ticker.nanoTime());
      if (FLIGHT.compareAndSet(this, null, fresh)) {
        if (trigger == TokenEvent.Trigger.REJECTED) rejections.noteReplacement(fresh.startedAt);
        home.launch(this, fresh);
        return fresh;
      }
    }
  }

  /**
   * Ends the flight, whatever has come of it. The only way out of the air: whoever has launched one calls this in the
   * end, and only the first call counts.
   *
   * @param then what to tell the listeners
   * @param lastly what else there is to do before an application's own code may run
   */
  void land(Flight flying, Landing landing, Iterable<TokenEvent.Builder> then, Runnable lastly) {
    if (flight != flying) return;
    Failure recorded = null;
    try {
      if (isOf(flying)) recorded = record(flying, landing);
    } finally {
      boolean superseded = !isOf(flying);
      if (superseded && landing.why != null) {
        // A new family has begun just now: this failure is not its own.
        failure = null;
        recorded = null;
      }
      if (FLIGHT.compareAndSet(this, flying, null)) {
        try {
          release(flying, landing, superseded);
        } finally {
          try {
            afterwards(flying, landing, recorded, then);
            lastly.run();
          } finally {
            flying.tellWaiting();
          }
        }
      }
    }
  }

  /** Notes down what the landing says of the tokens that are held. */
  private Failure record(Flight flying, Landing landing) {
    TokenException why = landing.why;
    if (landing.looked) {
      lookedInVain(why);
    } else if (why == null) {
      failure = null;
      toldStale = false;
    } else if (why.reason() != Reason.CLOSED) {
      boolean known = Failure.isDeath(failure) && why.reason() == Reason.REJECTED && !flying.hasAsked;
      failure = Failure.after(failure, why, landing, held, isServed(held), context);
      // That a dead family is still dead is no news.
      return known ? null : failure;
    }
    return null;
  }

  /** Nobody has brought a token: the pause goes on. If the store cannot be read, looking again makes no sense in it. */
  private void lookedInVain(TokenException blind) {
    Failure last = failure;
    if (last == null) return;
    boolean again = blind == null || last.cause.reason() == Reason.STORE;
    last.lookedAt = again ? context.ticker.nanoTime() : last.nextTry;
  }

  /** Whoever waits gets a live token or a failure. */
  private void release(Flight flying, Landing landing, boolean superseded) {
    Held h = held;
    Failure failed = failure;
    // A flight of the family before says nothing of a suspect of this one.
    boolean serves = superseded ? !h.isSuspect() : landing.why == null || landing.looked;
    if (serves && isServed(h)) {
      flying.landWith(h.token, null);
    } else if (landing.looked && failed != null) {
      flying.landWith(null, failed.cause);
    } else if (landing.why != null && !superseded) {
      flying.landWith(null, landing.why);
    } else if (isCleared()) {
      flying.landWith(null, new TokenException(Reason.NO_TOKENS, "the tokens were cleared; sign in again"));
    } else {
      // Replaced, or run out, while the flight was on its way.
      flying.superseded = true;
      flying.landWith(null, new TokenException(Reason.TRANSIENT, "the tokens have changed meanwhile"));
    }
  }

  private void afterwards(Flight flying, Landing landing, Failure recorded, Iterable<TokenEvent.Builder> then) {
    armNext();
    for (TokenEvent.Builder event : then) context.emit(event);
    if (recorded != null) {
      context.emit(event(TokenEvent.Type.FAILED).trigger(flying.trigger)
          .failure(recorded.cause, recorded.streak, Failure.isDeath(recorded) ? null : recorded.nextTryAt)
          .duration(Duration.ofNanos(context.ticker.nanoTime() - flying.startedAt)));
    }
    boolean unknown = landing.why != null && landing.why.reason() == Reason.NO_TOKENS && held.record == null;
    if (unknown || isCleared()) home.dropUnused(this, unknown);
  }

  /** Nothing will come of the flight any more. */
  void abandon() {
    Flight flying = flight;
    if (flying != null && flying != home.forgotten()) {
      land(flying, Landing.failed(context.closedFailure()), Collections.emptyList(), () -> {});
    }
  }

  boolean isFlying() {
    return flight != null;
  }

  // --- the timer: at most one pending per family, and none without background refresh

  /** The timer's next ring, after whatever has happened. */
  void armNext() {
    if (!context.background) return;
    long now = context.ticker.nanoTime();
    Failure failed = failure;
    Held h = held;
    if (failed != null) {
      arm(failed.nextTry - now);
    } else if (h.token != null && context.margins.refreshesAhead()) {
      arm(h.refreshDueIn(now));
    }
  }

  void arm(long delayNanos) {
    if (!context.background) return;
    cancelTimer.run();
    cancelTimer = context.work.alarm(delayNanos, this::onTimer);
  }

  private void onTimer() {
    if (flight != null) return; // which arms the timer when it lands
    if (held.at(context.ticker.nanoTime()) == Freshness.FRESH) armNext();
    else begin(failure == null && held.token == null ? TokenEvent.Trigger.START : TokenEvent.Trigger.AHEAD);
  }

  void disarm() {
    cancelTimer.run();
  }

  // --- what the flight, and whoever stores or clears tokens, may change

  Held held() {
    return held;
  }

  Failure failure() {
    return failure;
  }

  boolean isCleared() {
    Held h = held;
    return h.record != null && h.record.isCleared();
  }

  int epoch() {
    return held.epoch;
  }

  /** Whether the flight began with the family that is there now. */
  private boolean isOf(Flight flying) {
    return flying.before.epoch == held.epoch;
  }

  /**
   * Takes it up unless something newer is held: generations only grow, and another family begins another epoch, so a late
   * flight cannot bring back the tokens that were replaced under it.
   *
   * @param epoch in which the caller has begun
   */
  boolean publish(Held next, int epoch) {
    return change(epoch, next.generation(), next::after);
  }

  /** What is held stays as it is, under a newer record. */
  void rebase(TokenRecord record, int epoch) {
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
   * @return false if this object was forgotten, and its successor has to be told
   */
  boolean restart(Held next) {
    boolean newest;
    Held h;
    do {
      h = held;
      newest = next.generation() >= h.generation();
      // They do not follow from those held: a rejection of the old ones says nothing of them.
    } while (newest && !HELD.compareAndSet(this, h, next.inEpoch(h.epoch + 1)));
    if (isForgotten()) return false;
    if (!newest) return true;
    failure = null;
    toldStale = false;
    UnsavedTokens before = unsaved;
    if (before != null && before.epoch != held.epoch) forgetUnsaved(before);
    shadow = null;
    deadHash = null;
    unanswered = null;
    armNext();
    return true;
  }

  UnsavedTokens unsaved() {
    return unsaved;
  }

  void keepUnsaved(UnsavedTokens tokens) {
    unsaved = tokens;
  }

  boolean forgetUnsaved(UnsavedTokens saved) {
    return UNSAVED.compareAndSet(this, saved, null);
  }

  TokenRecord shadow() {
    return shadow;
  }

  void shadow(TokenRecord record) {
    shadow = record;
  }

  String deadHash() {
    return deadHash;
  }

  void deadHash(String hash) {
    deadHash = hash;
  }

  /**
   * Nanoseconds since the refresh token was presented, by the monotonic clock from the moment on at which this process
   * first knew of it.
   *
   * @param byStore the same by the store's clock
   */
  long sincePresented(String refreshHash, long byStore) {
    long now = context.ticker.nanoTime();
    Unanswered known = Unanswered.of(unanswered, refreshHash, now, byStore);
    unanswered = known;
    return known.lasts(now);
  }

  // --- being forgotten

  /**
   * Ends this object's life, if it is at rest: no flight can begin on it any more, so its successor's is the only one.
   *
   * @return false if it is in use
   */
  boolean forget() {
    if (unsaved != null || !FLIGHT.compareAndSet(this, null, home.forgotten())) return false;
    if (unsaved != null) { // saved from another thread's refresh that has just ended
      FLIGHT.compareAndSet(this, home.forgotten(), null);
      return false;
    }
    Held nothing = Held.none(context.ticker.nanoTime(), TokenRecord.builder().generation(Long.MAX_VALUE).build());
    HELD.set(this, nothing);
    disarm();
    return true;
  }

  boolean isForgotten() {
    return flight == home.forgotten();
  }

  TokenEvent.Builder event(TokenEvent.Type type) {
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
