package org.everbearer.coordinator;

import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.everbearer.AccessToken;
import org.everbearer.JwtClaims;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.log.Redaction;

/**
 * The tokens of one identity, as callers see them: whether they are served, wait, or fail, and what their rejections lead
 * to.
 */
final class TokenFamily extends FamilyFlights implements TokenSource, TokenWait.Decisions {
  /** How long callers wait for another token than the suspect, which they can have at once: most refreshes are faster. */
  private static final long PATIENCE_WITH_SUSPECT = Nanos.ofMillis(1000);

  /** Where families live. */
  interface Home extends Keeper {
    /** The family that has taken the place of a forgotten one. */
    TokenFamily successor(TokenFamily old);
  }

  private final Home home;
  private final Rejections rejections;

  /** @param held what is held before the store has been read */
  TokenFamily(CoordinatorContext context, Home home, String identity, String key, TokenSet first, Held held) {
    super(context, home, identity, key, first, held);
    this.home = home;
    this.rejections = new Rejections(held.since);
  }

  // --- what callers ask for

  @Override
  public AccessToken accessToken() throws TokenException {
    Held h = held();
    if (h.staleAt - context.ticker.nanoTime() > 0) return h.token;
    return new TokenWait(context, this).await();
  }

  @Override
  public String token() throws TokenException {
    Held h = held();
    return h.staleAt - context.ticker.nanoTime() > 0 ? h.value : accessToken().value();
  }

  @Override
  public AccessToken accessTokenNow() {
    Held h = held();
    return h.staleAt - context.ticker.nanoTime() > 0 ? h.token : next().token;
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    return new TokenWait(context, this).future();
  }

  @Override
  public boolean isExpired() {
    TokenFamily now = current();
    Held h = now.held();
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
    return suspect(rejectedToken, said) != null || !held().holds(rejectedToken);
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
    if (bringing == null && held().holds(rejectedToken)) {
      return isOver(held()) ? TokenWait.failed(forCaller(failure().cause)) : CompletableFuture.completedFuture(null);
    }
    return new TokenWait(context, this).otherThan(rejectedToken, bringing);
  }

  @Override
  public void accepted(AccessToken token) {
    TokenSource.super.accepted(token);
    Held h = held();
    if (h.token == token && h.isSuspect()) replace(h, h.trusted());
  }

  /** Begins a refresh, or joins the one on its way, whatever the state and the back-off. */
  CompletableFuture<AccessToken> refreshNow() {
    return new TokenWait(context, current()).ofManualRefresh();
  }

  @Override
  TokenFamily current() {
    return isForgotten() ? home.successor(this) : this;
  }

  // --- the decision: serve, wait, or fail

  @Override
  public Answer next() {
    TokenFamily successor = current();
    if (successor != this) return successor.next();
    long now = context.ticker.nanoTime();
    Held h = held();
    Freshness freshness = h.at(now);
    if (freshness == Freshness.FRESH) return Answer.serve(h);
    Flight flying = flight();
    if (flying == home.forgotten()) return next();
    Failure failed = failure();
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

  @Override
  public AccessToken served() {
    TokenFamily now = current();
    Held h = now.held();
    return now.isServed(h) ? h.token : null;
  }

  @Override
  public long patience(Flight flying) {
    TokenFamily successor = current();
    if (successor != this) return successor.patience(flying);
    long wait = Nanos.of(context.waitTimeout);
    Held h = held();
    if (!h.isSuspect() || !isServed(h)) return wait;
    return Math.min(wait, Math.max(0, flying.startedAt + PATIENCE_WITH_SUSPECT - context.ticker.nanoTime()));
  }

  /** @return the flight that may bring another token; null if there is none, or if this is not the token that is held */
  private Flight suspect(String rejectedToken, String said) {
    while (true) {
      long now = context.ticker.nanoTime();
      Held h = held();
      if (!h.holds(rejectedToken)) return null;
      if (!h.isSuspect()) {
        Held suspected = h.suspected(now, rejections.soonestReplacement(now));
        if (!replace(h, suspected)) continue;
        h = suspected;
        tellRejection(h, true, said);
      } else {
        tellRejection(h, false, said);
      }
      Flight flying = flight();
      if (flying == home.forgotten()) return current().suspect(rejectedToken, said);
      if (flying != null && !flying.onlyLooks) return flying;
      Failure failed = failure();
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
    Redaction shown = new Redaction(Collections.singletonList(suspect.value));
    String purpose = JwtClaims.of(suspect.value).purpose(shown::of);
    if (said == null) return purpose;
    String words = "It says: " + shown.of(said);
    return purpose == null ? words : words + ". " + purpose;
  }

  /** Holds no token from now on, though the one that was held may be good; the next call gets another one. */
  void giveUp() {
    TokenFamily successor = current();
    if (successor != this) {
      successor.giveUp();
      return;
    }
    Held h = held();
    while (h.token != null
        && !replace(h, Held.none(context.ticker.nanoTime(), h.record).inEpoch(h.epoch))) h = held();
    if (h.token == null) return;
    givenUp(h.value);
    context.emit(event(TokenEvent.Type.GIVEN_UP).detail(h.token.fingerprint()));
  }

  @Override
  public TokenException timedOut() {
    return new TokenException(Reason.TIMEOUT, context.name + ": no token within "
        + context.waitTimeout.toMillis() + " ms (waitTimeout); the refresh goes on");
  }

  @Override
  public TokenException forCaller(TokenException cause) {
    Failure failed = current().failure();
    // Of a dead family nobody is asked any more: only the store is looked at, in case that somebody has signed in.
    boolean planned = failed != null && failed.cause == cause && !Failure.isDeath(failed);
    Instant next = planned ? failed.nextTryAt : null;
    return cause.forCaller(context.name + ": " + cause.getMessage() + (next == null ? "" : "; next try at " + next), next);
  }

  @Override
  void replacementBegins(long now) {
    rejections.noteReplacement(now);
  }
}
