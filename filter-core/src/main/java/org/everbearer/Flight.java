package org.everbearer;

import java.util.concurrent.CompletableFuture;

/** One refresh on its way, and all who wait for it. */
final class Flight {
  final TokenEvent.Trigger trigger;
  /** What was held when it began. */
  final Held before;
  final long startedAt;
  /**
   * A live token, or the {@link TokenException} for which there is none; never nothing. Completed by the family alone,
   * when the flight lands; callers wait on it or derive from it, and never see it.
   */
  final CompletableFuture<AccessToken> done = new CompletableFuture<>();

  /** Set for a flight during a pause: it takes up what another node has brought, and asks nobody. */
  volatile boolean onlyLooks;
  /** Set when a look has found nothing. Written before {@link #onlyLooks} is read, as the reverse in who wants more. */
  private volatile boolean lookEnded;
  /** Whether the token endpoint was asked. */
  volatile boolean hasAsked;
  /** Set before a failure that says nothing of the tokens that are there now: who waits asks again. */
  volatile boolean superseded;

  Flight(TokenEvent.Trigger trigger, Held before, long startedAt) {
    this.trigger = trigger;
    this.before = before;
    this.startedAt = startedAt;
  }

  /** Makes a look a refresh. False if it is too late for that: then the flight lands at once. */
  boolean asksTheEndpoint() {
    if (!onlyLooks) return true;
    onlyLooks = false;
    return !lookEnded;
  }

  /** Ends a look. False if somebody wants more than that by now. */
  boolean endsLooking() {
    if (!onlyLooks) return false;
    lookEnded = true;
    return onlyLooks;
  }

  /** The flight of a family that was forgotten: it has begun and never lands, so that no other one can begin. */
  static Flight ofForgotten() {
    return new Flight(TokenEvent.Trigger.START, null, 0);
  }

  /** Whether what is held now is what the flight was to bring, so that somebody else has done its work. */
  boolean isSatisfiedBy(Held held, long now) {
    if (held.isSuspect()) return false;
    switch (trigger) {
      case MANUAL:
        return !held.sameToken(before) && held.at(now) == Freshness.FRESH;
      case AHEAD:
        return held.at(now) == Freshness.FRESH;
      case REJECTED:
        return !held.sameToken(before) && held.at(now) != Freshness.EXPIRED;
      default:
        return held.at(now) != Freshness.EXPIRED;
    }
  }
}
