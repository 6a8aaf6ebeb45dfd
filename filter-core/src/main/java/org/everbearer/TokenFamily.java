package org.everbearer;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;

/**
 * The tokens of one identity. All its state is in four volatile references to immutable objects, replaced by
 * compare-and-set; there is no lock. A caller reads {@link #held}; whoever sets {@link #flight} from null begins the
 * one refresh; the rest is that flight's.
 */
final class TokenFamily implements TokenSource {
  private static final AtomicReferenceFieldUpdater<TokenFamily, Held> HELD =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, Held.class, "held");
  private static final AtomicReferenceFieldUpdater<TokenFamily, Flight> FLIGHT =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, Flight.class, "flight");
  private static final AtomicReferenceFieldUpdater<TokenFamily, UnsavedTokens> UNSAVED =
      AtomicReferenceFieldUpdater.newUpdater(TokenFamily.class, UnsavedTokens.class, "unsaved");

  private static final long LOOK_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  final RefreshCoordinator client;
  /** Null for the web application's own. */
  final String identity;
  /** Under which the store keeps it. */
  final String key;

  private volatile Held held;
  private volatile Flight flight;
  /** Null while the last refresh succeeded. Written by the flight only. */
  private volatile Failure failure;
  private volatile UnsavedTokens unsaved;
  /** The store's record as it would be if the store could be written. Touched by the flight only. */
  private volatile TokenRecord shadow;
  /** Set once a caller was served the old token in the present streak of failures. A race tells it twice. */
  private volatile boolean toldStale;
  private volatile Runnable cancelTimer = () -> {};

  /** @param first what is held before the store has been read */
  TokenFamily(RefreshCoordinator client, String identity, String key, Held first) {
    this.client = client;
    this.identity = identity;
    this.key = key;
    this.held = first;
  }

  // --- what callers ask for

  @Override
  public AccessToken accessToken() throws TokenException {
    Held h = held;
    if (h.staleAt - client.ticker.nanoTime() > 0) return h.token;
    Flight joined = flightUnlessServed();
    return joined == null ? served() : await(joined);
  }

  @Override
  public String token() throws TokenException {
    Held h = held;
    return h.staleAt - client.ticker.nanoTime() > 0 ? h.value : accessToken().value();
  }

  @Override
  public AccessToken accessTokenNow() {
    Held h = held;
    if (h.staleAt - client.ticker.nanoTime() > 0) return h.token;
    Flight joined = flightUnlessServed();
    return joined == null && held.isLive(client.ticker.nanoTime()) ? held.token : null;
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    CompletableFuture<AccessToken> result = new CompletableFuture<>();
    Flight joined = flightUnlessServed();
    if (joined == null) {
      settle(result, null);
      return result;
    }
    Runnable cancel = client.schedule(Nanos.of(client.waitTimeout), () -> settle(result, timedOut()));
    joined.done.whenComplete((now, failed) -> {
      cancel.run();
      if (failed == null) result.complete(now.token);
      else settle(result, forCaller((TokenException) failed));
    });
    return result;
  }

  CompletableFuture<AccessToken> refreshNow() {
    CompletableFuture<AccessToken> outcome = new CompletableFuture<>();
    begin(TokenEvent.Trigger.MANUAL).done.whenComplete((now, failed) -> {
      if (failed == null) outcome.complete(now.token);
      else outcome.completeExceptionally(forCaller((TokenException) failed));
    });
    return outcome;
  }

  @Override
  public boolean isExpired() {
    return held.at(client.ticker.nanoTime()) == Freshness.EXPIRED;
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    long now = client.ticker.nanoTime();
    while (true) {
      Held h = held;
      if (!h.holds(rejectedToken) || h.rejected) return true;
      // An API that rejects every token must not make us ask for new ones without end.
      if (h.rejections > 0 && now - h.since < Backoff.afterRejections(h.rejections)) return false;
      if (HELD.compareAndSet(this, h, h.rejectedAt(now))) {
        client.emit(event(TokenEvent.Type.INVALIDATED).trigger(TokenEvent.Trigger.REJECTED));
        return true;
      }
    }
  }

  /** The flight to wait for; null if the token can be served, or if no refresh may be tried now. */
  private Flight flightUnlessServed() {
    long now = client.ticker.nanoTime();
    Held h = held;
    Freshness freshness = h.at(now);
    if (freshness == Freshness.FRESH) return null;
    Flight current = flight;
    Failure failed = failure;
    if (failed != null && failed.isPausing(now)) {
      if (current == null) tellStale(h, failed, now);
      if (h.isLive(now)) return null;
      Flight hope = current == null ? look(failed, now) : current;
      // A store that does not answer keeps a look waiting, and with it nobody.
      boolean vain = hope != null && hope.onlyLooks && failed.cause.reason() == TokenException.Reason.STORE;
      return vain ? null : hope;
    }
    if (freshness == Freshness.STALE) {
      if (current == null) begin(TokenEvent.Trigger.AHEAD);
      return null;
    }
    return begin(h.rejected ? TokenEvent.Trigger.REJECTED : TokenEvent.Trigger.EXPIRED);
  }

  private AccessToken served() throws TokenException {
    Held h = held;
    if (h.isLive(client.ticker.nanoTime())) return h.token;
    Failure failed = failure;
    if (failed == null) return await(begin(TokenEvent.Trigger.EXPIRED));
    throw forCaller(failed.cause);
  }

  private AccessToken await(Flight joined) throws TokenException {
    TokenException why;
    try {
      return joined.done.get(Nanos.of(client.waitTimeout), TimeUnit.NANOSECONDS).token;
    } catch (ExecutionException e) {
      why = forCaller((TokenException) e.getCause());
    } catch (TimeoutException e) {
      why = timedOut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      why = new TokenException(TokenException.Reason.INTERRUPTED,
          client.name + ": interrupted while waiting for a token; the refresh goes on");
    }
    Held h = held;
    if (h.isLive(client.ticker.nanoTime())) return h.token;
    throw why;
  }

  /** Completes with the live token if there is one, else with the failure. */
  private void settle(CompletableFuture<AccessToken> result, TokenException why) {
    Held h = held;
    Failure failed = failure;
    if (h.isLive(client.ticker.nanoTime())) result.complete(h.token);
    else if (why != null) result.completeExceptionally(why);
    else if (failed != null) result.completeExceptionally(forCaller(failed.cause));
    else result.completeExceptionally(timedOut());
  }

  private TokenException timedOut() {
    return new TokenException(TokenException.Reason.TIMEOUT, client.name + ": no token within "
        + client.waitTimeout.toMillis() + " ms (waitTimeout); the refresh goes on");
  }

  private TokenException forCaller(TokenException cause) {
    Failure failed = failure;
    Instant next = failed == null || failed.cause != cause ? null : failed.nextTryAt;
    return cause.forCaller(client.name + ": " + cause.getMessage() + (next == null ? "" : "; next try at " + next), next);
  }

  private void tellStale(Held h, Failure failed, long now) {
    if (toldStale || !h.isLive(now)) return;
    toldStale = true;
    client.emit(event(TokenEvent.Type.SERVED_STALE).failure(failed.cause, failed.streak, failed.nextTryAt));
  }

  // --- the one flight

  /** While this node pauses and has no token, another one may have brought one: the store is looked at, seldom. */
  private Flight look(Failure failed, long now) {
    if (client.ownStore || now - failed.lookedAt < LOOK_PAUSE) return null;
    failed.lookedAt = now;
    Flight look = new Flight(TokenEvent.Trigger.EXPIRED, held, now);
    look.onlyLooks = true;
    if (!FLIGHT.compareAndSet(this, null, look)) return flight;
    client.launch(this, look);
    return look;
  }

  /**
   * Nobody has brought a token: the pause goes on.
   *
   * @param blind whether the store could not be read, so that there is no sense in looking again in this pause
   */
  void seeNothing(Flight look, boolean blind) {
    Failure last = failure;
    if (last == null) {
      complete(look);
      return;
    }
    long now = client.ticker.nanoTime();
    last.lookedAt = blind && last.cause.reason() != TokenException.Reason.STORE ? last.nextTry : now;
    land(look);
    // The timer may have found the look on its way, and have begun nothing.
    arm(last.nextTry - now);
    look.done.completeExceptionally(last.cause);
  }

  /** Joins the flight on its way, or begins one. Whatever was read before may be old: the flight looks again. */
  Flight begin(TokenEvent.Trigger trigger) {
    Flight fresh = null;
    while (true) {
      Flight current = flight;
      if (current != null) {
        current.onlyLooks = false;
        return current;
      }
      if (fresh == null) fresh = new Flight(trigger, held, client.ticker.nanoTime());
      if (FLIGHT.compareAndSet(this, null, fresh)) {
        client.launch(this, fresh);
        return fresh;
      }
    }
  }

  /** The flight has brought what is held now. */
  void complete(Flight done) {
    failure = null;
    toldStale = false;
    land(done);
    armAhead();
    done.done.complete(held);
  }

  /** Like {@link #complete}, but the server made no progress, so the next flight waits as after a failure. */
  void completeWithoutProgress(Flight done, TokenException why) {
    int streak = recordFailure(why, held.isLive(client.ticker.nanoTime()) ? 0 : -1);
    if (streak == 1) client.emit(event(TokenEvent.Type.ODD_TOKEN).failure(why, streak, failure.nextTryAt));
    land(done);
    arm(failure.nextTry - client.ticker.nanoTime());
    if (held.isLive(client.ticker.nanoTime())) done.done.complete(held);
    else done.done.completeExceptionally(why);
  }

  /** @param earliest nanoseconds before which no next try makes sense, or 0 */
  void fail(Flight failed, TokenException why, long earliest) {
    if (why.reason() != TokenException.Reason.CLOSED) {
      int streak = recordFailure(why, earliest);
      client.emit(event(TokenEvent.Type.FAILED).trigger(failed.trigger).failure(why, streak, failure.nextTryAt)
          .duration(Duration.ofNanos(client.ticker.nanoTime() - failed.startedAt)));
      arm(failure.nextTry - client.ticker.nanoTime());
    }
    if (why.reason() == TokenException.Reason.NO_TOKENS && held.record == null) client.dropUnknown(this);
    land(failed);
    failed.done.completeExceptionally(why);
  }

  /** Nothing will come of the flight any more. */
  void abandon() {
    Flight current = flight;
    if (current != null) fail(current, RefreshCoordinator.closed(client.name), 0);
  }

  private void land(Flight done) {
    FLIGHT.compareAndSet(this, done, null);
  }

  private int recordFailure(TokenException why, long earliest) {
    long now = client.ticker.nanoTime();
    Failure last = failure;
    int streak = last == null ? 1 : last.streak + 1;
    long pause = Backoff.pause(why, streak, held.isLive(now) ? held.endsAt - now : 0, client.random.getAsDouble());
    failure = new Failure(why, streak, now, Math.max(pause, earliest), client.ticker.currentTimeMillis());
    return streak;
  }

  // --- the timer: at most one pending per family, and none without background refresh

  void armAhead() {
    if (held.token != null && client.margins.refreshesAhead()) arm(held.staleAt - client.ticker.nanoTime());
  }

  void arm(long delayNanos) {
    if (!client.background) return;
    cancelTimer.run();
    cancelTimer = client.schedule(delayNanos, this::onTimer);
  }

  private void onTimer() {
    if (held.at(client.ticker.nanoTime()) == Freshness.FRESH) armAhead();
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

  /** Whether a flight is on its way, or tokens wait to be saved. */
  boolean isBusy() {
    return flight != null || unsaved != null;
  }

  /**
   * Takes it up unless something newer is held: generations only grow, so a late flight cannot bring back the tokens
   * that were replaced under it.
   */
  boolean publish(Held next) {
    return change(next.generation(), next::after);
  }

  /** What is held stays as it is, under a newer record. */
  void rebase(TokenRecord record) {
    change(record.generation(), h -> h.under(record));
  }

  private boolean change(long generation, UnaryOperator<Held> change) {
    while (true) {
      Held h = held;
      if (generation < h.generation()) return false;
      if (HELD.compareAndSet(this, h, change.apply(h))) return true;
    }
  }

  /** A new family begins: what was known of failures belonged to the old one. */
  void restart(Held next) {
    // They do not follow from those held: a rejection of the old ones says nothing of them.
    change(next.generation(), h -> next);
    failure = null;
    toldStale = false;
    unsaved = null;
    shadow = null;
    armAhead();
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

  TokenEvent.Builder event(TokenEvent.Type type) {
    long now = client.ticker.nanoTime();
    Held h = held;
    return TokenEvent.of(type)
        .who(client.name, identity == null ? "application" : Fingerprint.of(identity), client.node)
        .at(Instant.ofEpochMilli(client.ticker.currentTimeMillis()))
        .token(h.token == null ? "none" : h.token.fingerprint(), h.generation(), h.validFor(now), h.freshFor(now));
  }
}
