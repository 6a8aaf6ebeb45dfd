package org.everbearer.coordinator;

import java.util.concurrent.CompletableFuture;
import org.everbearer.AccessToken;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/**
 * One caller's wait for a token, of at most {@code waitTimeout}. It ends with the flight that it waits for, or with the
 * time; a token that is live at the end is served in any case. To abandon it changes nothing for anybody else.
 */
final class TokenWait {
  /** Who decides what a caller gets. */
  interface Decisions {
    /** Decides by what is held, and begins the refresh that this calls for. */
    Answer next();

    /** Joins the flight on its way, or begins one, whatever is held. */
    Flight begin(TokenEvent.Trigger trigger);

    /** The token that may be served at this moment, or null. */
    AccessToken served();

    /** How long a wait for the flight that begins now may last, for a caller who could have the suspect at once; nanoseconds. */
    long patience(Flight flight);

    /** As {@link org.everbearer.TokenSource#replacementFor(String)}. */
    CompletableFuture<AccessToken> replacementFor(String rejectedToken);

    /** The failure with the client's name and the time of the next try. */
    TokenException forCaller(TokenException cause);

    TokenException timedOut();
  }

  private final Decisions family;
  private final CoordinatorContext context;
  private final long deadline;

  TokenWait(CoordinatorContext context, Decisions family) {
    this.family = family;
    this.context = context;
    this.deadline = context.ticker.nanoTime() + Nanos.of(context.waitTimeout);
  }

  static CompletableFuture<AccessToken> failed(TokenException why) {
    CompletableFuture<AccessToken> failed = new CompletableFuture<>();
    failed.completeExceptionally(why);
    return failed;
  }

  /** Blocks the calling thread. */
  AccessToken await() throws TokenException {
    while (true) {
      Answer next = family.next();
      if (next.token != null) return next.token;
      if (next.failure != null) throw family.forCaller(next.failure);
      AccessToken token = await(next.flight);
      if (token != null) return token;
    }
  }

  /** Null if the tokens were replaced meanwhile, so that it is worth looking again. */
  private AccessToken await(Flight flight) throws TokenException {
    TokenException why;
    try {
      if (!flight.awaitLanding(patience(flight))) {
        why = family.timedOut();
      } else if (flight.token() != null) {
        return flight.token();
      } else if (flight.superseded && left() > 0) {
        return null;
      } else {
        why = family.forCaller(flight.failure());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      why = new TokenException(Reason.INTERRUPTED,
          context.name + ": interrupted while waiting for a token; the refresh goes on");
    }
    AccessToken live = family.served();
    if (live == null) throw why;
    return live;
  }

  CompletableFuture<AccessToken> future() {
    CompletableFuture<AccessToken> result = new CompletableFuture<>();
    follow(result);
    return result;
  }

  private void follow(CompletableFuture<AccessToken> result) {
    Answer next = family.next();
    if (next.token != null) {
      result.complete(next.token);
    } else if (next.failure != null) {
      result.completeExceptionally(family.forCaller(next.failure));
    } else {
      Flight flight = next.flight;
      await(flight, patience(flight), result, () -> settle(result, family.timedOut()), () -> {
        if (flight.token() != null) result.complete(flight.token());
        else if (flight.superseded && left() > 0 && !result.isDone()) follow(result);
        else settle(result, family.forCaller(flight.failure()));
      });
    }
  }

  /** Null where there is none but the rejected one, which the caller has had the answer for. */
  CompletableFuture<AccessToken> otherThan(String rejected, Flight bringing) {
    CompletableFuture<AccessToken> result = new CompletableFuture<>();
    if (bringing == null) {
      future().whenComplete((token, failed) -> settleOther(result, rejected, (TokenException) failed));
    } else {
      await(bringing, left(), result, () -> settleOther(result, rejected, family.timedOut()), () -> {
        if (bringing.superseded && left() > 0) follow(result, family.replacementFor(rejected));
        else settleOther(result, rejected, bringing.failure() == null ? null : family.forCaller(bringing.failure()));
      });
    }
    return result;
  }

  private static void follow(CompletableFuture<AccessToken> result, CompletableFuture<AccessToken> again) {
    again.whenComplete((token, failed) -> {
      if (failed == null) result.complete(token);
      else result.completeExceptionally(failed);
    });
  }

  private void settleOther(CompletableFuture<AccessToken> result, String rejected, TokenException why) {
    AccessToken served = family.served();
    if (served != null) result.complete(served.value().equals(rejected) ? null : served);
    else if (why != null) result.completeExceptionally(why);
    else result.complete(null);
  }

  /** What comes of a refresh that a person has asked for, however long it takes. */
  CompletableFuture<AccessToken> ofManualRefresh() {
    CompletableFuture<AccessToken> outcome = new CompletableFuture<>();
    Flight flight = family.begin(TokenEvent.Trigger.MANUAL);
    Runnable landed = () -> {
      if (flight.token() != null) outcome.complete(flight.token());
      else if (flight.superseded) settle(outcome, flight.failure());
      else outcome.completeExceptionally(family.forCaller(flight.failure()));
    };
    flight.whenLanded(landed);
    outcome.whenComplete((token, failed) -> flight.forget(landed));
    return outcome;
  }

  /** The result waits for the flight no longer than that; when it is done, by whomever, nothing of it is left behind. */
  private void await(Flight flight, long nanos, CompletableFuture<AccessToken> result, Runnable end, Runnable landed) {
    Runnable cancel = context.work.timeout(nanos, end);
    flight.whenLanded(landed);
    result.whenComplete((token, failed) -> {
      cancel.run();
      flight.forget(landed);
    });
  }

  /** Completes with the live token if there is one, else with the failure. */
  private void settle(CompletableFuture<AccessToken> result, TokenException why) {
    AccessToken live = family.served();
    if (live != null) result.complete(live);
    else result.completeExceptionally(why);
  }

  private long patience(Flight flight) {
    return Math.min(left(), family.patience(flight));
  }

  private long left() {
    return Math.max(0, deadline - context.ticker.nanoTime());
  }
}
