package org.everbearer.coordinator;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;

/**
 * The one refresh at a time of a family, and the timer that begins it ahead of time. Whoever sets {@link #flight} from null
 * begins the one refresh, and {@link #land} is the only way to null again.
 */
abstract class FamilyFlights extends FamilyState {
  private static final AtomicReferenceFieldUpdater<FamilyFlights, Flight> FLIGHT =
      AtomicReferenceFieldUpdater.newUpdater(FamilyFlights.class, Flight.class, "flight");
  private static final long LOOK_PAUSE = Nanos.ofMillis(500);

  /** Who sets flights on their way, and keeps the families. */
  interface Keeper {
    /** Stands in the place of a forgotten family's flight. */
    Flight forgotten();

    /** Sets the flight on its way. It lands whatever happens, perhaps before this returns. */
    void launch(FamilyFlights family, Flight flight);

    /**
     * The family has no tokens, or they are not needed here any more.
     *
     * @param unknown nobody knows the identity
     */
    void dropUnused(FamilyFlights family, boolean unknown);
  }

  private final Keeper keeper;
  private volatile Flight flight;
  private volatile Runnable cancelTimer = () -> {};

  FamilyFlights(CoordinatorContext context, Keeper keeper, String identity, String key, TokenSet first, Held held) {
    super(context, identity, key, first, held);
    this.keeper = keeper;
  }

  /** This family, or the one that has taken its place since it was forgotten. */
  abstract FamilyFlights current();

  /** A refresh has begun on account of a rejection. */
  abstract void replacementBegins(long now);

  /** The one that is on its way, or the one that a forgotten family has instead; null if there is none. */
  final Flight flight() {
    return flight;
  }

  /** While this node pauses and has no token, another one may have brought one: the store is looked at, seldom. */
  final Flight look(Failure failed, long now) {
    if (context.ownStore || now - failed.lookedAt < LOOK_PAUSE) return null;
    failed.lookedAt = now;
    Flight look = new Flight(TokenEvent.Trigger.EXPIRED, held(), now);
    look.onlyLooks = true;
    if (!FLIGHT.compareAndSet(this, null, look)) return null; // somebody else has begun one just now
    keeper.launch(this, look);
    return look;
  }

  /** Whatever was read before may be old: the flight looks again. */
  public final Flight begin(TokenEvent.Trigger trigger) {
    return begin(trigger, held());
  }

  /** @param seen what was held when the caller decided: if there is another token by now, the flight is over at once */
  final Flight begin(TokenEvent.Trigger trigger, Held seen) {
    Flight fresh = null;
    while (true) {
      FamilyFlights successor = current();
      if (successor != this) return successor.begin(trigger);
      Flight flying = flight;
      if (flying != null && flying != keeper.forgotten()) {
        if (flying.asksTheEndpoint()) return flying;
        Thread.yield(); // a look that has found nothing and is about to land, with no I/O in between
        continue;
      }
      if (fresh == null) fresh = new Flight(trigger, seen, context.ticker.nanoTime());
      if (FLIGHT.compareAndSet(this, null, fresh)) {
        if (trigger == TokenEvent.Trigger.REJECTED) replacementBegins(fresh.startedAt);
        keeper.launch(this, fresh);
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
  final void land(Flight flying, Landing landing, Iterable<TokenEvent.Builder> then, Runnable lastly) {
    if (flight != flying) return;
    Failure recorded = null;
    try {
      if (isOf(flying)) recorded = record(flying, landing);
    } finally {
      boolean superseded = !isOf(flying);
      if (superseded && landing.why != null) {
        // A new family has begun just now: this failure is not its own.
        forgetFailure();
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
      succeeded();
    } else if (why.reason() != Reason.CLOSED) {
      boolean known = Failure.isDeath(failure()) && why.reason() == Reason.REJECTED && !flying.hasAsked;
      Failure next = failed(why, landing, flying.trigger);
      // That a dead family is still dead is no news.
      return known ? null : next;
    }
    return null;
  }

  /** Whoever waits gets a live token or a failure. */
  private void release(Flight flying, Landing landing, boolean superseded) {
    Held h = held();
    Failure failed = failure();
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
    Failure next = failure();
    if (next != null && next.continues != null) ringIn(next.nextTry - context.ticker.nanoTime());
    else armNext();
    for (TokenEvent.Builder event : then) context.emit(event);
    if (recorded != null) {
      context.emit(event(TokenEvent.Type.FAILED).trigger(flying.trigger)
          .failure(recorded.cause, recorded.streak, Failure.isDeath(recorded) ? null : recorded.nextTryAt)
          .duration(Duration.ofNanos(context.ticker.nanoTime() - flying.startedAt)));
    }
    boolean unknown = landing.why != null && landing.why.reason() == Reason.NO_TOKENS && held().record == null;
    if (unknown || isCleared()) keeper.dropUnused(this, unknown);
  }

  /** Nothing will come of the flight any more. */
  final void abandon() {
    Flight flying = flight;
    if (flying != null && flying != keeper.forgotten()) {
      land(flying, Landing.failed(context.closedFailure()), Collections.emptyList(), () -> {});
    }
  }

  final boolean isFlying() {
    return flight != null;
  }

  // --- the timer: at most one pending per family, and none without background refresh

  /** The timer's next ring, after whatever has happened. */
  final void armNext() {
    if (!context.background) return;
    long now = context.ticker.nanoTime();
    Failure failed = failure();
    Held h = held();
    if (failed != null && h.at(now) != Freshness.FRESH) {
      arm(failed.nextTry - now);
    } else if (h.token != null && context.margins.refreshesAhead()) {
      arm(h.refreshDueIn(now));
    }
  }

  final void arm(long delayNanos) {
    if (context.background) ringIn(delayNanos);
  }

  private void ringIn(long delayNanos) {
    cancelTimer.run();
    cancelTimer = context.work.alarm(delayNanos, this::onTimer);
  }

  private void onTimer() {
    if (flight != null) return; // which arms the timer when it lands
    Failure failed = failure();
    if (failed != null && failed.continues != null) begin(failed.continues);
    else if (held().at(context.ticker.nanoTime()) == Freshness.FRESH) armNext();
    else begin(failed == null && held().token == null ? TokenEvent.Trigger.START : TokenEvent.Trigger.AHEAD);
  }

  final void disarm() {
    cancelTimer.run();
  }

  // --- another family, or the end of this object

  /** Whether the flight began with the family that is there now. */
  private boolean isOf(Flight flying) {
    return flying.before.epoch == epoch();
  }

  /**
   * A new family begins here.
   *
   * @return false if this object was forgotten, and its successor has to be told
   */
  final boolean restart(Held next) {
    boolean newest = beginAnew(next);
    if (isForgotten()) return false;
    if (!newest) return true;
    forgetWhatWasKnown();
    armNext();
    return true;
  }

  /**
   * Ends this object's life, if it is at rest: no flight can begin on it any more, so its successor's is the only one.
   *
   * @return false if it is in use
   */
  final boolean forget() {
    if (unsaved() != null || !FLIGHT.compareAndSet(this, null, keeper.forgotten())) return false;
    if (unsaved() != null) { // saved from another thread's refresh that has just ended
      FLIGHT.compareAndSet(this, keeper.forgotten(), null);
      return false;
    }
    holdNothingForGood();
    disarm();
    return true;
  }

  final boolean isForgotten() {
    return flight == keeper.forgotten();
  }
}
