package org.everbearer.coordinator;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.everbearer.AccessToken;
import org.everbearer.Fingerprint;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenListener;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore.Snapshot;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/**
 * Keeps the tokens of one client valid: one refresh per token family, whatever the number of threads, requests,
 * sessions and nodes. Usable without a servlet container:
 *
 * <pre>{@code
 * try (RefreshCoordinator coordinator = RefreshCoordinator.builder("chat-api", refresher)
 *     .store(store)
 *     .firstTokens(TokenSet.of(accessToken, refreshToken))
 *     .build()) {
 *   coordinator.start();
 *   call(coordinator.application().token());
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads. It gives up on a family only when the token endpoint rejects its refresh
 * token and the store shows no newer one; every other failure is tried again.
 */
public final class RefreshCoordinator implements AutoCloseable {
  private static final Logger LOG = Loggers.of(RefreshCoordinator.class);
  private static final Duration SAVE_PATIENCE = Duration.ofSeconds(5);
  private static final int UPDATE_TRIES = 100;
  private static final long RETRY = Nanos.ofMillis(200);
  private static final long LONGEST_ALLOWANCE = Nanos.ofMillis(60_000);

  final String name;
  final String node;
  final StoreGateway store;
  final TokenSet firstTokens;
  final Margins margins;
  final ReplayPolicy replays;
  final Duration waitTimeout;
  final boolean background;
  final boolean rotateWithoutStore;
  final int width;
  final LeaseTerm leases;
  final Ticker ticker;
  final DoubleSupplier random;
  final FamilyRecords records;

  /** Whether nobody else can read or write the store. */
  final boolean ownStore;

  private final TokenRefresher refresher;
  /** The longest one call of the refresher takes; nanoseconds. */
  private final long attempt;
  /** Names this coordinator among all processes and web applications; new at each start. */
  private final String owner;
  private final AtomicLong flights = new AtomicLong();
  private final Scheduler scheduler;
  private final EventQueue events;
  private final TokenFamily application;
  final Families families;
  /** What the store's slowness adds to a lease; nanoseconds. A race keeps one of two recent experiences. */
  private volatile long storeAllowance;
  /** Written under this object's monitor, so that one closes; read by anybody. */
  private volatile boolean closed;
  private final CountDownLatch ended = new CountDownLatch(1);
  /** Which thread ends the parts just now. */
  private volatile Thread closer;

  RefreshCoordinator(CoordinatorBuilder b) {
    name = b.client;
    node = b.node;
    owner = UUID.randomUUID() + "/";
    ticker = b.ticker;
    random = b.random;
    refresher = b.refresher;
    ownStore = b.store == null;
    store = new StoreGateway(ownStore ? new MemoryTokenStore(ticker) : b.store);
    String storeKey = StoreKeys.ofApplication(b.storeKey == null ? b.client : b.storeKey);
    firstTokens = b.firstTokens;
    margins = new Margins(b.refreshMargin, b.expirationMargin);
    replays = new ReplayPolicy(b.reuseGrace);
    waitTimeout = b.waitTimeout;
    background = b.background;
    rotateWithoutStore = b.rotateWithoutStore;
    width = b.maxConcurrentRefreshes;
    attempt = Nanos.of(refresher.attemptTimeout());
    leases = new LeaseTerm(attempt, b.reuseGrace);
    scheduler = b.scheduler == null ? new ThreadScheduler(name, width) : b.scheduler;
    events = new EventQueue(name, new ArrayList<>(b.listeners));
    records = new FamilyRecords(this);
    families = new Families(this, storeKey, b.maxIdentities, ownStore);
    application = new TokenFamily(this, null, storeKey, firstTokens, Held.none(ticker.nanoTime(), null));
  }

  /**
   * @param client the client's name, as in logs and thread names
   * @param refresher the protocol; closed together with the coordinator
   */
  public static CoordinatorBuilder builder(String client, TokenRefresher refresher) {
    return new CoordinatorBuilder(client, refresher);
  }

  /**
   * Reads the application's tokens from the store, takes up the configured first pair where it is new, and begins to
   * refresh in the background. Needed for the application identity only, and not before {@link #source(String)}. The
   * token endpoint is not asked on the calling thread.
   *
   * @throws TokenException with {@link Reason#NO_TOKENS} if there is neither a stored nor a configured pair, and with
   *     {@link Reason#STORE} if the store cannot be read now; in the latter case the coordinator works, and tries again
   */
  public void start() throws TokenException {
    try {
      if (firstTokens != null) beginConfiguredFamily();
      StoreAccess access = new StoreAccess(application);
      TokenRecord record = access.read();
      if (spends() && record.refreshToken() == null && record.accessToken() == null && !record.isCleared()) {
        throw new TokenException(Reason.NO_TOKENS, "there are no tokens");
      }
      if (application.held().token != null) application.armNext();
      else application.arm(0);
    } catch (TokenException e) {
      if (e.reason() == Reason.STORE) application.arm(0);
      throw e;
    }
  }

  /** The tokens of the web application as a whole. */
  public TokenSource application() {
    return application;
  }

  /**
   * The tokens of one identity, for instance of one user's session.
   *
   * @param identity unique and opaque; it becomes part of the key in the store
   */
  public TokenSource source(String identity) {
    return families.get(identity);
  }

  /**
   * {@link #source(String)} for a caller that can bring the first pair each time, as with token exchange (RFC 8693): an
   * identity that is known neither here nor in the store begins with it. Nothing is stored before the first refresh, and
   * nothing is told to listeners. Such an identity may be forgotten when there are too many ({@code maxIdentities}), also
   * where tokens are kept in memory only; those without a valid token go first.
   *
   * @throws IllegalArgumentException if the access token is malformed
   */
  public TokenSource source(String identity, TokenSet first) {
    return families.get(identity, first);
  }

  /**
   * Begins a new family with these tokens, whatever was held and stored before; a refresh of the old family that is on
   * its way changes nothing any more. The guide's "store tokens".
   *
   * @param identity null for the web application's own
   * @throws TokenException if the store could not be written, or the client is closed
   */
  public void storeTokens(String identity, TokenSet tokens) throws TokenException {
    TokenFamily family = family(identity);
    TokenEvent.Builder told = update(family, TokenEvent.Type.STORED, stored -> {
      TokenRecord record = stored.record();
      // Whoever hands over a token that was spent has missed its successor, which is there already.
      boolean missed = record != null && record.phase() != Phase.DEAD && tokens.refreshToken() != null
          && PairHistory.of(record).hasSpent(tokens.refreshToken());
      if (missed) return null;
      TokenRecord begun = records.of(tokens, stored.now(), true, record);
      boolean presented = record != null && record.phase() == Phase.IN_FLIGHT && tokens.refreshToken() != null
          && tokens.refreshToken().equals(record.refreshToken());
      // Whoever presents it, or has presented it, still does, or has: a second time would be one too many.
      return !presented ? begun.toBuilder() : record.toBuilder()
          .tokens(begun.accessToken(), begun.refreshToken())
          .expiry(begun.expiresAt(), begun.lifetime());
    });
    emit(told != null ? told : family.current().event(TokenEvent.Type.STORED));
  }

  /**
   * Gives up the tokens, here and in the store; a refresh on its way cannot bring them back. The guide's "clear tokens".
   *
   * @param identity null for the web application's own
   * @throws TokenException if the store could not be written, or the client is closed
   */
  public void clearTokens(String identity) throws TokenException {
    TokenFamily family = family(identity);
    TokenEvent.Builder told = update(family, TokenEvent.Type.CLEARED, stored -> PairHistory.of(stored.record())
        .begunFrom(null, null).onto(TokenRecord.builder()).phase(Phase.DEAD, null));
    family.current().disarm();
    emit(told);
    families.dropUnused(family.current(), false);
  }

  /**
   * Lets go of an identity that has ended on this node, for instance of a session that has timed out. Unlike {@link
   * #clearTokens} this is no decision about the tokens: another node may go on with the same identity. So they are given
   * up only if this node knew them last, and only after a while in which nobody has refreshed them, here or elsewhere;
   * with a store of its own at once.
   *
   * @param idle for how long another node may leave the tokens unused and still need them
   * @throws TokenException if the store could not be written, or the client is closed
   */
  public void releaseTokens(String identity, Duration idle) throws TokenException {
    if (ownStore) {
      clearTokens(identity);
    } else {
      new Release(this, family(identity)).begin(idle);
    }
  }

  /**
   * Refreshes now, whatever the state and the back-off; joins a refresh that is on its way.
   *
   * @param identity null for the web application's own
   * @return what comes of it: the token that is held afterwards, or the {@link TokenException}, however long it takes.
   *     To cancel it abandons the wait and not the refresh. Dependent actions may run on a thread of the library: they
   *     must not block
   */
  public CompletableFuture<AccessToken> refreshNow(String identity) {
    return family(identity).refreshNow();
  }

  /**
   * Gives up the application's access token, for instance because it has leaked: it is not served any more, and the next
   * call gets another one. The refresh token is kept. No resource server has rejected anything, and none is said to.
   */
  public void giveUpToken() {
    application.giveUp();
  }

  /**
   * Has one more listener hear what happens from now on, until it is removed or the client is closed. Does nothing if it
   * is there already.
   */
  public void addListener(TokenListener listener) {
    events.add(listener);
  }

  /** Tells the listener what waits for it, and ends its thread; waits for that two seconds and a little at most. */
  public void removeListener(TokenListener listener) {
    events.remove(listener);
  }

  /** Tells the listeners what the application identity holds now, for one that was added late. */
  public void announce() {
    emit(application.event(TokenEvent.Type.HELD));
  }

  /**
   * Stops the background refresh, waits for a refresh that is on its way and saves its result (at most as long as one
   * attempt may take), then closes refresher and store. Callers that wait get {@link Reason#CLOSED}. All threads end. A
   * second call waits for the end of the first; a call from a thread of the library's own returns at once.
   */
  @Override
  public void close() {
    boolean first;
    synchronized (this) {
      first = !closed;
      closed = true;
    }
    if (scheduler.isOwnThread()) {
      // It cannot wait for its own end. Whatever it does just now is still saved.
      if (first) ThreadScheduler.named("everbearer-" + name + "-close").newThread(this::end).start();
    } else if (first) {
      end();
    } else if (Thread.currentThread() != closer) { // a part that calls back while it is closed waits for nothing
      ThreadScheduler.uninterruptibly(Duration.ofNanos(attempt).plus(SAVE_PATIENCE.multipliedBy(2)),
          left -> ended.await(left, TimeUnit.NANOSECONDS));
    }
  }

  private void end() {
    closer = Thread.currentThread();
    // Each part ends, whatever another one throws.
    ending("the threads", () -> scheduler.shutdown(Duration.ofNanos(attempt).plus(SAVE_PATIENCE)));
    for (TokenFamily family : families.all()) ending("a refresh", () -> finish(family));
    ending("a refresh", () -> finish(application));
    ending("the refresher", refresher::close);
    ending("the token store", store::close);
    ending("the listeners", events::close);
    closer = null;
    ended.countDown();
  }

  private void ending(String what, Runnable end) {
    try {
      end.run();
    } catch (Throwable anything) {
      LOG.warn("{}: closing {} failed", name, what, anything);
    }
  }

  private void finish(TokenFamily family) {
    family.abandon();
    UnsavedTokens unsaved = family.unsaved();
    if (unsaved == null) return;
    try {
      new StoreAccess(family).saveUnsaved(unsaved);
    } catch (IOException e) {
      TokenException lost = new TokenException(Reason.STORE, "new tokens are lost: the client closes, and "
          + store.description() + " still cannot be written: " + e.getMessage(), e);
      emit(family.event(TokenEvent.Type.NOT_SAVED).failure(lost, 1, null));
    }
  }

  // --- for the families and their flights

  boolean isClosed() {
    return closed;
  }

  static TokenException closed(String client) {
    return new TokenException(Reason.CLOSED, client + " was shut down");
  }

  boolean spends() {
    return refresher.spendsRefreshToken();
  }

  String ownerOfNextFlight() {
    return owner + flights.incrementAndGet();
  }

  /**
   * Whether the record says that a flight of this coordinator presents the refresh token. There is one flight per store
   * key at a time, so for the flight that asks it is itself, or a dead one of this process; and it may be newer than
   * known, by a renewal of the lease.
   */
  boolean isOwn(TokenRecord record) {
    return record != null && record.phase() == Phase.IN_FLIGHT && record.owner() != null
        && record.owner().startsWith(owner);
  }

  long storeAllowance() {
    return storeAllowance;
  }

  /** A store that has become quicker needs less. */
  void noteStoreSpeed(long took) {
    long allowance = storeAllowance;
    if (allowance > 0 && 8 * took < allowance) storeAllowance = allowance / 2;
  }

  /** @param took nanoseconds that one write has taken */
  void allowForSlowStore(long took) {
    storeAllowance = Math.min(LONGEST_ALLOWANCE, Math.max(4 * took, 2 * storeAllowance));
  }

  /** How long a refresh may wait for a worker; nanoseconds. Somebody who does not wait wants it all the same. */
  long longestQueue() {
    return Math.max(Nanos.of(waitTimeout), attempt);
  }

  /** One call of the token endpoint; any failure comes as a {@link TokenException}. */
  TokenSet ask(TokenRecord current) throws TokenException {
    TokenSet presented = records.tokens(current);
    TokenSet answer;
    try {
      answer = refresher.refresh(presented);
    } catch (TokenException e) {
      boolean says = e.reason() != Reason.CLOSED && e.reason() != Reason.INTERRUPTED && e.reason() != Reason.TIMEOUT;
      if (says || closed) throw e;
      // Of what became of the request these say nothing: they are a caller's and the client's own.
      throw new TokenException(Reason.AMBIGUOUS, e.getMessage(), e);
    } catch (Throwable anything) {
      throw new TokenException(Reason.AMBIGUOUS, refresher.getClass().getName() + " failed with "
          + anything.getClass().getName(), anything);
    } finally {
      // What is left of an interrupt was meant for the call. Saving its result must not suffer from it.
      Thread.interrupted();
    }
    if (answer != null && answer.accessToken() != null) return answer;
    TokenException none = new TokenException(Reason.TRANSIENT, refresher.getClass().getName() + " returned no access token");
    throw answer == null ? none : none.withRotatedRefreshToken(answer.refreshToken());
  }

  void launch(TokenFamily family, Flight flight) {
    RefreshTask task;
    try {
      task = new RefreshTask(family, flight);
    } catch (Throwable anything) {
      family.land(flight, Landing.failed(new TokenException(Reason.TRANSIENT, "the refresh could not begin: " + anything,
          anything)), Collections.emptyList(), () -> {});
      return;
    }
    try {
      scheduler.execute(task, task::refused);
    } catch (RejectedExecutionException e) {
      task.run(); // which says that the client is closed
    } catch (Throwable anything) {
      task.refused(anything);
    }
  }

  /** Runs the task's next step later, on a worker. */
  void scheduleStep(long delayNanos, RefreshTask task) throws TokenException {
    try {
      scheduler.schedule(delayNanos, task, task::refused);
    } catch (RejectedExecutionException e) {
      throw closed(name);
    }
  }

  /** Runs it later on a worker; drops it when the client is closed. */
  void schedule(long delayNanos, Runnable work) {
    try {
      scheduler.schedule(delayNanos, work, why -> schedule(RETRY, work));
    } catch (RejectedExecutionException e) {
      // What must be done all the same is done by close().
    } catch (Throwable anything) {
      alarm(delayNanos, () -> schedule(0, work));
    }
  }

  /**
   * Runs it later on the timer's own thread, for which it must be quick; drops it when the client is closed. Returns what
   * calls it off.
   */
  Runnable alarm(long delayNanos, Runnable work) {
    Throwable failure = null;
    // Twice: without it refreshing would rest until somebody asks, and what is wanting may be there an instant later.
    for (int i = 0; i < 2 && !closed; i++) {
      try {
        return scheduler.alarm(delayNanos, work);
      } catch (Throwable anything) {
        failure = anything;
      }
    }
    if (!closed) LOG.warn("{}: no timer could be set, so the next refresh begins with the next call", name, failure);
    return () -> {};
  }

  /** Ends somebody's wait later, on a thread that no refresh keeps waiting. Returns what calls it off. */
  Runnable timeout(long delayNanos, Runnable end) {
    try {
      return scheduler.scheduleTimeout(delayNanos, end);
    } catch (Throwable closedOrNoThread) {
      return alarm(delayNanos, end);
    }
  }

  /** Like {@link #timeout}, for renewals of leases. */
  Runnable scheduleRenewal(long delayNanos, Runnable work) {
    try {
      return scheduler.scheduleRenewal(delayNanos, work);
    } catch (Throwable closedOrNoThread) {
      // The lease is over when it is over.
      return () -> {};
    }
  }

  void emit(TokenEvent.Builder event) {
    events.emit(event.build());
  }

  void saveLater(TokenFamily family, int streak) {
    schedule(Backoff.saving(streak, random.getAsDouble()), () -> saveNow(family, streak));
  }

  private void saveNow(TokenFamily family, int streak) {
    UnsavedTokens unsaved = family.unsaved();
    // Whoever refreshes saves it beforehand, and says so again if that fails.
    if (unsaved == null || family.isFlying()) return;
    boolean saved = false;
    try {
      new StoreAccess(family).saveUnsaved(unsaved);
      saved = true;
    } catch (IOException e) {
      // Whoever waits for it has been told when it failed for the first time.
    } finally {
      if (!saved) saveLater(family, streak + 1);
    }
  }

  private TokenFamily family(String identity) {
    return identity == null ? application : families.get(identity);
  }

  private interface Change {
    /** What to write over the stored record, or null to leave it; the generation is set by the caller. */
    TokenRecord.Builder over(Snapshot stored);
  }

  /** What to tell of it; null if there was nothing to change. */
  private TokenEvent.Builder update(TokenFamily family, TokenEvent.Type type, Change change) throws TokenException {
    if (closed) throw closed(name);
    try {
      for (int i = 0; i < UPDATE_TRIES; i++) {
        Snapshot stored = store.read(family.key);
        TokenRecord.Builder changed = change.over(stored);
        if (changed == null) return null;
        TokenFamily live = family.current();
        long known = live.held().generation();
        if (live.isForgotten()) continue; // just now, and what it held says nothing any more
        long generation = Math.max(stored.generation(), known) + 1;
        TokenRecord next = changed.generation(generation).build();
        if (!store.compareAndSet(family.key, stored.generation(), next)) continue;
        Held begun = records.held(next, stored.now());
        TokenFamily now = family.current();
        while (!now.restart(begun)) now = family.current();
        return now.event(type).families(PairHistory.fingerprint(stored.record()), PairHistory.fingerprint(next));
      }
    } catch (TokenException e) {
      throw e;
    } catch (IOException e) {
      throw new TokenException(Reason.STORE, name + ": the token store " + store.description() + " cannot be written: "
          + e.getMessage(), e);
    }
    throw new TokenException(Reason.STORE, name + ": the record changes faster than it can be written");
  }

  /** A pair in the configuration that was never seen begins a new family; any other one is older than what is stored. */
  private void beginConfiguredFamily() throws TokenException {
    String access = firstTokens.accessToken();
    String refresh = firstTokens.refreshToken();
    TokenRecord[] known = new TokenRecord[1];
    TokenEvent.Builder told = update(application, TokenEvent.Type.LOADED, stored -> {
      TokenRecord record = stored.record();
      known[0] = record;
      boolean seen = record != null && PairHistory.of(record).knows(access, refresh);
      return seen ? null : records.of(firstTokens, stored.now(), false, record).toBuilder();
    });
    if (told != null) {
      emit(told);
    } else if (!PairHistory.of(known[0]).beganFrom(access, refresh) && !PairHistory.of(known[0]).standsAt(access, refresh)) {
      TokenEvent.Builder old = application.event(TokenEvent.Type.OLD_PAIR)
          .families(Fingerprint.of(refresh != null ? refresh : access), PairHistory.fingerprint(known[0]));
      if (known[0].phase() == Phase.DEAD && !known[0].isCleared()) {
        old.failure(new TokenException(Reason.REJECTED, "the stored refresh token is dead, and the configured one is older"),
            0, null);
      }
      emit(old);
    }
  }
}
