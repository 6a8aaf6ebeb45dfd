package org.everbearer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenStore.Snapshot;

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
  private static final Duration SAVE_PATIENCE = Duration.ofSeconds(5);
  private static final int UPDATE_TRIES = 100;

  final String name;
  final String node;
  /** Names this coordinator among all processes and web applications; new at each start. */
  final String owner;
  final TokenStore store;
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
  private final String storeKey;
  private final Scheduler scheduler;
  private final EventQueue events;
  private final TokenFamily application;
  private final Families families;
  private volatile boolean closed;

  RefreshCoordinator(CoordinatorBuilder b) {
    name = b.client;
    node = b.node;
    owner = b.node + "/" + UUID.randomUUID();
    ticker = b.ticker;
    random = b.random;
    refresher = b.refresher;
    ownStore = b.store == null;
    store = ownStore ? new MemoryTokenStore(ticker) : b.store;
    storeKey = b.storeKey == null ? b.client : b.storeKey;
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
    application = new TokenFamily(this, null, storeKey, Held.none(ticker.nanoTime(), null));
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
      if (firstTokens != null && beginConfiguredFamily()) emit(application.event(TokenEvent.Type.LOADED));
      StoreAccess access = new StoreAccess(application);
      TokenRecord record = access.read();
      if (spends() && record.refreshToken() == null && record.accessToken() == null && !record.isCleared()) {
        throw new TokenException(Reason.NO_TOKENS, "there are no tokens");
      }
      Held held = application.held();
      if (held.token != null) application.armAhead();
      else application.arm(0);
    } catch (TokenException e) {
      if (e.reason() == Reason.STORE) application.arm(0);
      throw e;
    } catch (IOException e) {
      application.arm(0);
      throw new TokenException(Reason.STORE, "the token store " + store.description() + " cannot be used: "
          + e.getMessage(), e);
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
    update(family, stored -> {
      // Whoever hands over the token that was spent last has missed its successor, which is there already.
      boolean missed = stored.record() != null && stored.record().phase() == Phase.IDLE
          && tokens.refreshToken() != null && stored.record().refreshToken() != null
          && !tokens.refreshToken().equals(stored.record().refreshToken())
          && Fingerprint.hash(tokens.refreshToken()).equals(stored.record().spentHash());
      return missed ? null : records.of(tokens, stored.now(), true).toBuilder();
    });
    emit(family.event(TokenEvent.Type.STORED));
  }

  /**
   * Gives up the tokens, here and in the store; a refresh on its way cannot bring them back. The guide's "clear tokens".
   *
   * @param identity null for the web application's own
   * @throws TokenException if the store could not be written, or the client is closed
   */
  public void clearTokens(String identity) throws TokenException {
    TokenFamily family = family(identity);
    update(family, stored -> TokenRecord.builder().phase(Phase.DEAD, null));
    family.disarm();
    emit(family.event(TokenEvent.Type.CLEARED));
    if (identity == null) return;
    families.end(family);
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
   * attempt may take), then closes refresher and store. Callers that wait get {@link Reason#CLOSED}. All threads end.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) return;
      closed = true;
    }
    scheduler.shutdown(Duration.ofNanos(attempt).plus(SAVE_PATIENCE));
    families.all().forEach(this::finish);
    finish(application);
    refresher.close();
    store.close();
    events.close();
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

  /** One call of the token endpoint; any failure comes as a {@link TokenException}. */
  TokenSet ask(TokenRecord current) throws TokenException {
    TokenSet presented = records.tokens(current);
    TokenSet answer;
    try {
      answer = refresher.refresh(presented);
    } catch (RuntimeException | LinkageError e) {
      throw new TokenException(Reason.AMBIGUOUS, refresher.getClass().getName() + " failed with " + e.getClass().getName(), e);
    }
    if (answer != null && answer.accessToken() != null) return answer;
    TokenException none = new TokenException(Reason.TRANSIENT, refresher.getClass().getName() + " returned no access token");
    throw answer == null ? none : none.withRotatedRefreshToken(answer.refreshToken());
  }

  void launch(TokenFamily family, Flight flight) {
    families.keep(family);
    RefreshTask task = new RefreshTask(family, flight);
    try {
      scheduler.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  /** Runs it later on a worker; drops it when the client is closed. Returns what calls it off. */
  Runnable schedule(long delayNanos, Runnable work) {
    try {
      return scheduler.schedule(delayNanos, work);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  /** Like {@link #schedule}, on a thread that no refresh keeps waiting. */
  Runnable scheduleRenewal(long delayNanos, Runnable work) {
    try {
      return scheduler.scheduleRenewal(delayNanos, work);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  void emit(TokenEvent.Builder event) {
    events.emit(event.build());
  }

  void saveLater(TokenFamily family, int streak) {
    schedule(Backoff.saving(streak, random.getAsDouble()), () -> {
      UnsavedTokens unsaved = family.unsaved();
      if (unsaved == null) return;
      try {
        new StoreAccess(family).saveUnsaved(unsaved);
      } catch (IOException e) {
        saveLater(family, streak + 1);
      }
    });
  }

  void dropUnknown(TokenFamily family) {
    families.dropUnknown(family);
  }

  private TokenFamily family(String identity) {
    return identity == null ? application : families.get(identity);
  }

  private interface Change {
    /** What to write over the stored record, or null to leave it; the generation is set by the caller. */
    TokenRecord.Builder over(Snapshot stored);
  }

  /** Whether there was something to change. */
  private boolean update(TokenFamily family, Change change) throws TokenException {
    try {
      for (int i = 0; i < UPDATE_TRIES; i++) {
        Snapshot stored = store.read(family.key);
        TokenRecord.Builder changed = change.over(stored);
        if (changed == null) return false;
        long generation = Math.max(stored.generation(), family.held().generation()) + 1;
        TokenRecord next = changed.generation(generation).build();
        if (!store.compareAndSet(family.key, stored.generation(), next)) continue;
        family.restart(records.held(next, stored.now()));
        return true;
      }
    } catch (TokenException e) {
      throw e;
    } catch (IOException e) {
      throw new TokenException(Reason.STORE, name + ": the token store " + store.description() + " cannot be written: "
          + e.getMessage(), e);
    }
    throw new TokenException(Reason.STORE, name + ": the record changes faster than it can be written");
  }

  /** A new first pair in the configuration begins a new family; the pair from which the stored one began does not. */
  private boolean beginConfiguredFamily() throws IOException {
    return update(application, stored -> {
      TokenRecord record = stored.record();
      if (record == null) return records.of(firstTokens, stored.now(), false).toBuilder();
      boolean known = firstTokens.refreshToken() != null && (firstTokens.refreshToken().equals(record.refreshToken())
              || Fingerprint.hash(firstTokens.refreshToken()).equals(record.spentHash()));
      return known ? null : records.of(firstTokens, stored.now(), false).toBuilder();
    });
  }
}
