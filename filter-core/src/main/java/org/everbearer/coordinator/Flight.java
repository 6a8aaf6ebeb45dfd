package org.everbearer.coordinator;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.AccessToken;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;

/** One refresh on its way, and all who wait for it. */
final class Flight {
  final TokenEvent.Trigger trigger;
  /** What was held when it began. */
  final Held before;
  final long startedAt;
  /** Threads that wait; free before anything of an application's own runs. */
  private final CountDownLatch landed = new CountDownLatch(1);
  /** Whom to tell; who has given up is taken out, however long the flight lasts. */
  private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
  // Both written before the latch is opened, and read after it; exactly one of them is not null then.
  private AccessToken token;
  private TokenException failure;

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

  /** Lands it with a live token, or with the failure for which there is none; never with nothing. Only once. */
  void landWith(AccessToken live, TokenException why) {
    token = live;
    failure = why;
    landed.countDown();
  }

  boolean hasLanded() {
    return landed.getCount() == 0;
  }

  boolean awaitLanding(long nanos) throws InterruptedException {
    return landed.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Once it has landed: null where there is a {@link #failure}. */
  AccessToken token() {
    return token;
  }

  TokenException failure() {
    return failure;
  }

  /** Tells the waiter when it has landed, perhaps at once; on whatever thread that is. */
  void whenLanded(Runnable waiter) {
    waiting.add(waiter);
    if (hasLanded() && waiting.remove(waiter)) waiter.run();
  }

  void forget(Runnable waiter) {
    waiting.remove(waiter);
  }

  /** In them an application's own code may run, which may block or throw: the last thing that a flight does. */
  void tellWaiting() {
    for (Runnable waiter : waiting) {
      if (!waiting.remove(waiter)) continue;
      try {
        waiter.run();
      } catch (Throwable anything) {
        // Its own future has taken it; the others wait still.
      }
    }
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
