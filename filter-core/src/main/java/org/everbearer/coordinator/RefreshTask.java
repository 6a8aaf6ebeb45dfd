package org.everbearer.coordinator;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.everbearer.Fingerprint;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;

/**
 * One refresh, as a series of steps that each run on a worker and end in a decision: landed, or look again later.
 * Nothing is held between the steps but a hint that this process lives; the record in the store says how far the family
 * is, so a step can be the first one of a process that takes over from a dead one.
 *
 * <ol>
 *   <li>Look whether somebody has brought a token meanwhile, in this process or in the store: adopt it.
 *   <li>Somebody else spends the refresh token, and holds the lease: look again soon, never present it.
 *   <li>Nobody answers for an earlier presentation: replay it as {@link ReplayPolicy} allows.
 *   <li>Take the lease by compare-and-set, which also proves that the store can be written. Only then present the token.
 *   <li>New tokens: keep them, save them, then serve them. Rejected: look again before declaring death. Otherwise: give
 *       the lease back, keep everything, pause.
 * </ol>
 *
 * <p>Whatever happens in a step, also what must not: if no later step is sure to come, the flight lands.
 */
final class RefreshTask implements Runnable {
  private static final int COLLISIONS = 100;
  private static final long FIRST_POLL = Nanos.ofMillis(50);
  private static final long LONGEST_POLL = Nanos.ofMillis(1000);
  /** Between two questions whether the owner of a lease is dead, which ask neither disk nor database. */
  private static final long DEATH_POLL = Nanos.ofMillis(20);
  /** So often one flight presents a token without an answer, where it may be presented more often. */
  private static final int TRIES_IN_A_ROW = 5;
  private static final long COLLISION_PAUSE = Nanos.ofMillis(20);
  /** Another step follows at once; compared by identity. */
  private static final Landing AT_ONCE = Landing.failed(null);
  /** Another step has been handed over. */
  private static final Landing LATER = null;

  private final FamilyFlights family;
  private final CoordinatorContext context;
  private final Flight flight;
  private final StoreAccess store;
  private final String owner;
  private final LeaseWatch watch;
  /** What the listeners hear when the flight has landed. */
  private final List<TokenEvent.Builder> events = new ArrayList<>();

  // Touched by one worker at a time, and handed to the next one through the scheduler's queue.
  private boolean begun;
  private int tries;
  private int polls;
  private long nextPoll;
  private int collisions;
  private boolean paused;
  private TokenException lastAnswer;
  private Closeable hold;

  RefreshTask(FamilyFlights family, Flight flight) {
    this.family = family;
    this.context = family.context;
    this.flight = flight;
    this.store = new StoreAccess(family, flight.before.epoch);
    this.owner = context.owners.next();
    this.watch = new LeaseWatch(context);
  }

  @Override
  public void run() {
    Landing landing = Landing.failed(unexpected(null));
    try {
      landing = advance();
    } catch (TokenException e) {
      landing = failed(e);
    } catch (Throwable anything) {
      landing = Landing.failed(unexpected(anything));
    } finally {
      if (landing != LATER) land(landing);
    }
  }

  /** The next step cannot be handed over: nothing will come of it. */
  void refused(Throwable why) {
    land(Landing.failed(new TokenException(Reason.TRANSIENT, "the refresh could not go on: " + why, why)));
  }

  private void land(Landing landing) {
    family.land(flight, landing, events, this::cleanUp);
  }

  private void cleanUp() {
    letGo();
    if (family.unsaved() != null) LateSave.begin(family);
  }

  private Landing failed(TokenException e) {
    if (e.reason() != Reason.CLOSED && flight.endsLooking()) {
      return Landing.sawNothing(e.reason() == Reason.STORE ? e : null);
    }
    Landing failed = Landing.failed(e);
    if (context.spends() && e.reason() == Reason.AMBIGUOUS) return failed.notBefore(untilNearEnd());
    return failed;
  }

  private Landing advance() throws TokenException {
    if (context.isClosed()) throw context.closedFailure();
    if (!begun && queuedTooLong()) throw queueFull();
    begun = true;
    // Awake only to hear whether the owner of the lease has died.
    if (polls > 0 && now() - nextPoll < 0 && !watch.isOwnerGone()) return sleepUntilPoll();
    Landing landing = AT_ONCE;
    while (landing == AT_ONCE) landing = step();
    return landing;
  }

  private Landing step() throws TokenException {
    if (tries == 0 && flight.isSatisfiedBy(family.held(), now())) return Landing.ARRIVED;
    TokenRecord record = store.read();
    // Another family has begun: whoever waits asks again, and gets what is its own.
    if (family.epoch() != flight.before.epoch) return Landing.ARRIVED;
    if (flight.isSatisfiedBy(family.held(), now())) return Landing.ARRIVED;
    boolean othersTurn = record.phase() == Phase.IN_FLIGHT && !context.owners.isOwn(record) && watch.isHeld(record, store.now());
    if (!othersTurn && flight.endsLooking()) return Landing.sawNothing(null);
    if (context.spends() && record.phase() == Phase.DEAD) throw dead(record);
    if (context.spends() && record.refreshToken() == null) throw noRefreshToken(record);
    if (othersTurn) return pollLater();
    if (context.spends() && record.refreshHash().equals(family.deadHash())) {
      // Known here, but the store could not be told.
      if (!store.declareDead(record)) return collide();
      throw dead(record);
    }
    if (record.phase() == Phase.IDLE || !context.spends()) return present(record, 1, store.now());
    return replay(record);
  }

  private Landing pollLater() throws TokenException {
    polls++;
    nextPoll = now() + Backoff.doubled(FIRST_POLL, polls, LONGEST_POLL);
    return sleepUntilPoll();
  }

  private Landing sleepUntilPoll() throws TokenException {
    long left = nextPoll - now();
    return later(context.store.tellsLife() ? Math.min(DEATH_POLL, left) : left);
  }

  /** The refresh token was presented, here or elsewhere, and nobody knows what became of it. */
  private Landing replay(TokenRecord record) throws TokenException {
    Held held = family.held();
    boolean live = held.at(now()) != Freshness.EXPIRED && !held.isSuspect();
    long sinceSent = sinceSent(record);
    long delay = context.replays.delay(record.attempts(), sinceSent, tries, live);
    if (delay == ReplayPolicy.NOT_NOW) throw unanswered();
    if (lastAnswer != null && lastAnswer.retryAfter() != null) {
      delay = Math.max(delay, Math.min(Nanos.of(lastAnswer.retryAfter()), context.leases.longest(0)));
    }
    if (delay > 0 && !paused) {
      paused = true;
      return later(delay);
    }
    paused = false;
    return present(record, record.attempts() + 1, record.sentAt());
  }

  /** By the store's clock, which knows what was before us, and from then on by ours, which nobody sets. */
  private long sinceSent(TokenRecord record) {
    return family.sincePresented(record, Nanos.ofMillis(store.now() - record.sentAt()));
  }

  private Landing present(TokenRecord before, int attempt, long sentAt) throws TokenException {
    if (hold == null && !context.ownStore) hold = context.store.holdWhilePresenting(owner);
    long allowance = context.storeSpeed.allowance();
    long length = context.leases.length(allowance);
    long begin = now();
    TokenRecord mine = before.toBuilder()
        .generation(before.generation() + 1)
        .phase(Phase.IN_FLIGHT, before.refreshHash())
        .lease(owner, store.now() + Nanos.toMillis(length), Nanos.toMillis(length))
        .node(context.node)
        .sent(sentAt, attempt)
        .purgeAfter(0)
        .build();
    if (!store.write(mine)) return collide();
    long took = now() - begin;
    if (!context.leases.isEnoughLeft(took, allowance)) {
      // The store was so slow that the lease could run out under the call: begin again with a longer one.
      context.storeSpeed.tooSlow(took);
      store.giveBack(before, mine, before.attempts());
      return collide();
    }
    if (attempt > 1 && !context.replays.isStillAllowed(before.attempts(), sinceSent(mine), took)) {
      store.giveBack(before, mine, before.attempts());
      return AT_ONCE;
    }
    context.storeSpeed.note(took);
    tries++;
    flight.hasAsked = true;
    if (attempt == 1) family.presents(mine);
    context.emit(family.event(attempt > 1 ? TokenEvent.Type.REPLAYED : TokenEvent.Type.REFRESHING)
        .trigger(flight.trigger).detail(attempt > 1 && tries == 1 ? presented(before) : null));
    LeaseRenewal renewal = new LeaseRenewal(family, mine, store.now(), allowance, flight.before.epoch);
    TokenSet answer = null;
    TokenException refusal = null;
    if (!store.isAway() && !context.ownStore) renewal.begin();
    try {
      answer = context.refresher.ask(context.records.tokens(before));
      // Before anything else can go wrong.
      store.keepReceived(mine, answer);
    } catch (TokenException e) {
      refusal = e;
    } finally {
      mine = renewal.end();
    }
    if (refusal != null) return refused(before, mine, refusal);
    if (attempt > 1 && NewTokens.isOver(context, answer)) return moveOn(mine, answer);
    return accepted(mine, NewTokens.of(family, mine, answer, store.now(), family.held(), attempt > 1));
  }

  private Landing accepted(TokenRecord mine, NewTokens made) throws TokenException {
    TokenRecord saved = store.save(made.record, mine.spentHash());
    if (saved == null) return collide();
    family.publish(made.held(saved), flight.before.epoch);
    if (made.failure != null) return Landing.failed(made.failure);
    events.add(family.event(made.isNew ? TokenEvent.Type.REFRESHED : TokenEvent.Type.UNCHANGED)
        .trigger(flight.trigger).streak(streak()).duration(Duration.ofNanos(now() - flight.startedAt)));
    if (made.warning != null) {
      events.add(family.event(TokenEvent.Type.ODD_TOKEN).failure(made.warning, 1, null));
    }
    return Landing.ARRIVED;
  }

  /** A replay was answered with the pair of the lost reply, whose access token is over by now: go on from that pair. */
  private Landing moveOn(TokenRecord mine, TokenSet answer) {
    keep(mine, answer.refreshToken());
    return AT_ONCE;
  }

  /** Saves a new refresh token beside the access token that is held. */
  private void keep(TokenRecord mine, String refreshToken) {
    TokenRecord saved = store.save(NewTokens.withoutAccess(family, mine, refreshToken), mine.spentHash());
    if (saved != null) family.rebase(saved, flight.before.epoch);
  }

  private Landing refused(TokenRecord before, TokenRecord mine, TokenException answer) throws TokenException {
    lastAnswer = answer;
    if (answer.rotatedRefreshToken() != null) {
      keep(mine, answer.rotatedRefreshToken());
      throw answer.withRotatedRefreshToken(null);
    }
    if (!context.spends()) {
      store.giveBack(before, mine, mine.attempts());
      if (answer.reason() != Reason.REJECTED || before.refreshToken() != null) throw answer;
      // There is no token that could be dead; it is the client's own grant that is refused.
      throw new TokenException(Reason.CONFIGURATION, answer.getMessage(), answer);
    }
    switch (answer.reason()) {
      case AMBIGUOUS:
        // Callers are told, the next flight goes on, and whoever signs in meanwhile need not wait for the end of a pause.
        boolean later = tries >= TRIES_IN_A_ROW && context.replays.left(sinceSent(mine)) > 0;
        return later ? replayableFailure(mine, answer) : AT_ONCE;
      case REJECTED:
        boolean known = mine.refreshHash().equals(family.deadHash());
        if (!store.declareDead(mine)) return collide();
        if (!known) events.add(family.event(TokenEvent.Type.DEAD).failure(answer, 1, null));
        throw answer;
      case NOT_SENT:
        store.giveBack(before, mine, before.attempts());
        return notSent(before, answer);
      default:
        store.giveBack(before, mine, mine.attempts());
        // This answer says nothing about the presentation before it, which may have been taken.
        if (before.phase() == Phase.IN_FLIGHT) return AT_ONCE;
        throw answer;
    }
  }

  /** The ordinary pause, but no longer than an earlier presentation, whose outcome is unclear, can still be replayed. */
  private Landing notSent(TokenRecord before, TokenException answer) throws TokenException {
    if (before.phase() != Phase.IN_FLIGHT) throw answer;
    return replayableFailure(before, answer);
  }

  private Landing replayableFailure(TokenRecord presented, TokenException answer) {
    long left = context.replays.left(sinceSent(presented));
    Landing failed = Landing.failed(answer);
    return left > 0 ? failed.notAfter(Math.max(left / 4, DEATH_POLL)) : failed;
  }

  // --- waiting

  private Landing later(long delayNanos) throws TokenException {
    try {
      context.work.executeLater(delayNanos, this, this::refused);
      return LATER;
    } catch (RejectedExecutionException e) {
      throw context.closedFailure();
    }
  }

  /** Somebody else wrote the record in between: look again. */
  private Landing collide() throws TokenException {
    if (++collisions > COLLISIONS) {
      throw new TokenException(Reason.STORE, "the record in " + context.store.description()
          + " changes faster than it can be written; is its storeKey used by something else?");
    }
    return later((long) (COLLISION_PAUSE * context.random.getAsDouble()));
  }

  private void letGo() {
    Closeable held = hold;
    hold = null;
    if (held == null) return;
    try {
      held.close();
    } catch (IOException e) {
      throw new IllegalStateException("the gateway throws nothing", e);
    }
  }

  private boolean queuedTooLong() {
    return now() - flight.startedAt > context.longestQueue();
  }

  private long untilNearEnd() {
    return Math.max(0, family.held().expiredAt - now());
  }

  private int streak() {
    Failure failure = family.failure();
    return failure == null ? 0 : failure.streak;
  }

  private long now() {
    return context.ticker.nanoTime();
  }

  // --- what is said when it fails

  private static String presented(TokenRecord before) {
    return "presented by node " + (before.node() == null ? "unknown" : before.node()) + " at "
        + Instant.ofEpochMilli(before.sentAt()).truncatedTo(ChronoUnit.SECONDS) + ", never answered";
  }

  private TokenException unexpected(Throwable anything) {
    return new TokenException(Reason.TRANSIENT, "the refresh ended in " + anything, anything);
  }

  private TokenException queueFull() {
    return new TokenException(Reason.TIMEOUT, "the refresh waited longer than "
        + Nanos.toMillis(context.longestQueue()) + " ms (waitTimeout) for one of " + context.maxConcurrentRefreshes
        + " places (maxConcurrentRefreshes)");
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
