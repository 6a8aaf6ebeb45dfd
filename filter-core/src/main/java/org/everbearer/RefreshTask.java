package org.everbearer;

import java.time.Duration;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord.Phase;

/**
 * One refresh, as a series of steps that each run on a worker and end in a decision: done, failed, or look again later.
 * Nothing is held between the steps; the record in the store says how far the family is, so a step can be the first one
 * of a process that takes over from a dead one.
 *
 * <ol>
 *   <li>Look whether somebody has brought a token meanwhile, in this process or in the store: adopt it.
 *   <li>Somebody else spends the refresh token, and holds the lease: look again soon, never present it.
 *   <li>Nobody answers for an earlier presentation: replay it as {@link ReplayPolicy} allows.
 *   <li>Take the lease by compare-and-set, which also proves that the store can be written. Only then present the token.
 *   <li>New tokens: save them, then serve them. Rejected: look again before declaring death. Otherwise: give the lease
 *       back, keep everything, pause.
 * </ol>
 */
final class RefreshTask implements Runnable {
  private static final int COLLISIONS = 100;
  private static final long FIRST_POLL = Nanos.ofMillis(50);
  private static final long LONGEST_POLL = Nanos.ofMillis(1000);
  private static final long COLLISION_PAUSE = Nanos.ofMillis(20);

  private final TokenFamily family;
  private final RefreshCoordinator client;
  private final Flight flight;
  private final StoreAccess store;

  // Touched by one worker at a time, and handed to the next one through the scheduler's queue.
  private int tries;
  private int polls;
  private int collisions;
  private boolean paused;
  private long watchedGeneration;
  private long watchedSince;
  private TokenException lastAnswer;

  RefreshTask(TokenFamily family, Flight flight) {
    this.family = family;
    this.client = family.client;
    this.flight = flight;
    this.store = new StoreAccess(family);
  }

  @Override
  public void run() {
    try {
      if (client.isClosed()) throw RefreshCoordinator.closed(client.name);
      if (tries == 0 && polls == 0 && queuedTooLong()) throw queueFull();
      step();
    } catch (TokenException e) {
      if (flight.onlyLooks && e.reason() != Reason.CLOSED) family.seeNothing(flight, e.reason() == Reason.STORE);
      else family.fail(flight, e, e.reason() == Reason.AMBIGUOUS ? untilNearEnd() : 0);
    } catch (RuntimeException | Error e) {
      family.fail(flight, new TokenException(Reason.TRANSIENT, "the refresh ended in " + e, e), 0);
      if (e instanceof Error) throw e;
    }
  }

  private void step() throws TokenException {
    if (tries == 0 && flight.isSatisfiedBy(family.held(), now())) {
      family.complete(flight);
      return;
    }
    TokenRecord record = store.read();
    if (flight.isSatisfiedBy(family.held(), now())) {
      family.complete(flight);
      return;
    }
    boolean othersTurn = record.phase() == Phase.IN_FLIGHT && !isMine(record) && isLeased(record);
    if (flight.onlyLooks && !othersTurn) {
      family.seeNothing(flight, false);
      return;
    }
    if (record.phase() == Phase.DEAD) throw dead(record);
    if (client.spends() && record.refreshToken() == null) throw noRefreshToken(record);
    if (record.phase() == Phase.IDLE) {
      present(record, 1, store.now());
    } else if (othersTurn) {
      polls++;
      later(Math.min(Backoff.doubled(FIRST_POLL, polls, LONGEST_POLL), Math.max(FIRST_POLL, client.leases.length / 10)));
    } else if (!client.spends()) {
      present(record, 1, store.now());
    } else {
      replay(record);
    }
  }

  /** The refresh token was presented, here or elsewhere, and nobody knows what became of it. */
  private void replay(TokenRecord record) throws TokenException {
    boolean live = family.held().at(now()) != Freshness.EXPIRED;
    long sinceSent = Nanos.ofMillis(Math.max(0, store.now() - record.sentAt()));
    long delay = client.replays.delay(record.attempts(), sinceSent, tries, live);
    if (delay == ReplayPolicy.NOT_NOW) throw unanswered();
    if (lastAnswer != null && lastAnswer.retryAfter() != null) {
      delay = Math.max(delay, Math.min(Nanos.of(lastAnswer.retryAfter()), client.leases.longest));
    }
    if (delay > 0 && !paused) {
      paused = true;
      later(delay);
      return;
    }
    paused = false;
    present(record, record.attempts() + 1, record.sentAt());
  }

  private void present(TokenRecord before, int attempt, long sentAt) throws TokenException {
    TokenRecord mine = before.toBuilder()
        .generation(before.generation() + 1)
        .phase(Phase.IN_FLIGHT, before.refreshHash())
        .lease(client.owner, store.now() + Nanos.toMillis(client.leases.length))
        .sent(sentAt, attempt)
        .build();
    if (!store.write(mine)) {
      collide();
      return;
    }
    if (store.sinceRead() > client.leases.room) {
      // The store was so slow that the lease could run out under the call: begin again with a new one.
      store.giveBack(before, mine, before.attempts());
      collide();
      return;
    }
    tries++;
    client.emit(family.event(attempt > 1 ? TokenEvent.Type.REPLAYED : TokenEvent.Type.REFRESHING)
        .trigger(flight.trigger));
    LeaseRenewal renewal = new LeaseRenewal(family, mine, store.now());
    TokenSet answer = null;
    TokenException refusal = null;
    if (!store.isAway() && !client.ownStore) renewal.begin();
    try {
      answer = client.ask(before);
    } catch (TokenException e) {
      refusal = e;
    } finally {
      mine = renewal.end();
    }
    if (refusal != null) {
      refused(before, mine, refusal);
      return;
    }
    if (attempt > 1 && NewTokens.isOver(client, answer)) {
      moveOn(mine, answer);
      return;
    }
    accepted(mine, NewTokens.of(client, mine, answer, store.now(), family.held()));
  }

  private void accepted(TokenRecord mine, NewTokens made) throws TokenException {
    TokenRecord saved = store.save(made.record, mine.spentHash());
    if (saved == null) {
      collide();
      return;
    }
    family.publish(made.held(saved));
    client.emit(family.event(TokenEvent.Type.REFRESHED).trigger(flight.trigger).streak(streak())
        .duration(Duration.ofNanos(now() - flight.startedAt)));
    if (made.stuck != null) family.completeWithoutProgress(flight, made.stuck);
    else family.complete(flight);
  }

  /** A replay was answered with the pair of the lost reply, whose access token is over by now: go on from that pair. */
  private void moveOn(TokenRecord mine, TokenSet answer) throws TokenException {
    String refreshToken = answer.refreshToken() == null ? mine.refreshToken() : answer.refreshToken();
    keep(mine, refreshToken);
    step();
  }

  /** Saves a new refresh token beside the access token that is held. */
  private void keep(TokenRecord mine, String refreshToken) {
    TokenRecord saved = store.save(NewTokens.withoutAccess(mine, refreshToken), mine.spentHash());
    if (saved != null) family.rebase(saved);
  }

  private void refused(TokenRecord before, TokenRecord mine, TokenException answer) throws TokenException {
    lastAnswer = answer;
    if (answer.rotatedRefreshToken() != null) {
      keep(mine, answer.rotatedRefreshToken());
      throw answer.withRotatedRefreshToken(null);
    }
    boolean unclear = client.spends() && answer.reason() == Reason.AMBIGUOUS;
    if (unclear) {
      step();
      return;
    }
    if (client.spends() && answer.reason() == Reason.REJECTED) {
      if (!store.declareDead(mine)) {
        collide();
        return;
      }
      throw answer;
    }
    boolean unclearBefore = client.spends() && before.phase() == Phase.IN_FLIGHT;
    store.giveBack(before, mine, answer.reason() == Reason.NOT_SENT ? before.attempts() : mine.attempts());
    if (!client.spends() && answer.reason() == Reason.REJECTED && before.refreshToken() == null) {
      // There is no token that could be dead; it is the client's own grant that is refused.
      throw new TokenException(Reason.CONFIGURATION, answer.getMessage(), answer);
    }
    if (!unclearBefore) throw answer;
    // This answer says nothing about the presentation before it, which may have been taken.
    step();
  }

  // --- waiting

  private void later(long delayNanos) {
    client.schedule(delayNanos, this);
  }

  /** Somebody else wrote the record in between: look again. */
  private void collide() throws TokenException {
    if (++collisions > COLLISIONS) {
      throw new TokenException(Reason.STORE, "the record in " + client.store.description()
          + " changes faster than it can be written; is its storeKey used by something else?");
    }
    later((long) (COLLISION_PAUSE * client.random.getAsDouble()));
  }

  /** By the store's clock; and if that clock jumps or stands, by having watched the lease for as long as it may last. */
  private boolean isLeased(TokenRecord record) {
    if (record.generation() != watchedGeneration) {
      watchedGeneration = record.generation();
      watchedSince = now();
    }
    return store.now() < record.leaseUntil() && now() - watchedSince < client.leases.length;
  }

  private boolean isMine(TokenRecord record) {
    return client.owner.equals(record.owner());
  }

  private boolean queuedTooLong() {
    return now() - flight.startedAt > Nanos.of(client.waitTimeout);
  }

  private long untilNearEnd() {
    return Math.max(0, family.held().expiredAt - now());
  }

  private int streak() {
    Failure failure = family.failure();
    return failure == null ? 0 : failure.streak;
  }

  private long now() {
    return client.ticker.nanoTime();
  }

  // --- what is said when it fails

  private TokenException queueFull() {
    return new TokenException(Reason.TIMEOUT, "the refresh waited longer than " + client.waitTimeout.toMillis()
        + " ms (waitTimeout) for one of " + client.width + " places (maxConcurrentRefreshes)");
  }

  private TokenException dead(TokenRecord record) {
    if (record.isCleared()) {
      return new TokenException(Reason.NO_TOKENS, "the tokens were cleared; sign in again");
    }
    return new TokenException(Reason.REJECTED, "the token endpoint has rejected the refresh token "
        + Fingerprint.of(record.refreshToken()) + "; sign in again, or configure a new first pair of tokens");
  }

  private TokenException noRefreshToken(TokenRecord record) {
    return new TokenException(Reason.NO_TOKENS, record.accessToken() == null
        ? "there are no tokens yet; sign in, or configure a first pair (accessToken, refreshToken)"
        : "the access token has expired or was rejected, and there is no refresh token to replace it");
  }

  private TokenException unanswered() {
    if (lastAnswer != null) return new TokenException(Reason.AMBIGUOUS, lastAnswer.getMessage(), lastAnswer);
    return new TokenException(Reason.AMBIGUOUS,
        "an earlier refresh was never answered; it is replayed when the present token runs out (reuseGrace)");
  }
}
