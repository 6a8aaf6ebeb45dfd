package org.everbearer;

import java.util.concurrent.CompletableFuture;

/** One refresh on its way, and all who wait for it. */
final class Flight {
  final TokenEvent.Trigger trigger;
  /** What was held when it began. */
  final Held before;
  final long startedAt;
  /** Completed by the flight alone; callers wait on it or derive from it, and never see it. */
  final CompletableFuture<Held> done = new CompletableFuture<>();

  /** Set for a flight during a pause: it takes up what another node has brought, and asks nobody. */
  volatile boolean onlyLooks;

  Flight(TokenEvent.Trigger trigger, Held before, long startedAt) {
    this.trigger = trigger;
    this.before = before;
    this.startedAt = startedAt;
  }

  /** Whether what is held now is what the flight was to bring, so that somebody else has done its work. */
  boolean isSatisfiedBy(Held held, long now) {
    switch (trigger) {
      case MANUAL:
        return held.token != before.token && held.at(now) == Freshness.FRESH;
      case AHEAD:
        return held.at(now) == Freshness.FRESH;
      default:
        return held.at(now) != Freshness.EXPIRED;
    }
  }
}
