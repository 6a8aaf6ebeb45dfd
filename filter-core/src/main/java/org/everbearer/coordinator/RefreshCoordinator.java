package org.everbearer.coordinator;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import org.everbearer.AccessToken;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenListener;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;

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
  final CoordinatorContext context;
  private final Families families;
  private final TokenFamily application;
  private final Releases releases;
  private final Shutdown shutdown;

  RefreshCoordinator(CoordinatorSettings settings) {
    context = new CoordinatorContext(settings);
    String storeKey = StoreKeys.ofApplication(settings.storeKey == null ? settings.client : settings.storeKey);
    families = new Families(context, storeKey, settings.firstTokens, settings.maxIdentities);
    application = families.application;
    releases = new Releases(context, settings.maxIdentities);
    shutdown = new Shutdown(context, families);
  }

  /**
   * @param client the client's name, as in logs and thread names
   * @param refresher the protocol; closed together with the coordinator
   */
  public static Builder builder(String client, TokenRefresher refresher) {
    return new Builder(client, refresher);
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
      if (application.first != null) new FamilyReplacement(application).configure(application.first);
      StoreAccess access = new StoreAccess(application);
      TokenRecord record = access.read();
      if (context.spends() && record.refreshToken() == null && record.accessToken() == null && !record.isCleared()) {
        throw new TokenException(Reason.NO_TOKENS, "there are no tokens");
      }
      if (isWorthPresentingAgain(record, access.now())) application.begin(TokenEvent.Trigger.MANUAL);
      else if (application.held().token != null) application.armNext();
      else application.arm(0);
    } catch (TokenException e) {
      if (e.reason() == Reason.STORE) application.arm(0);
      throw e;
    }
  }

  /**
   * Whether somebody has presented the refresh token, perhaps to replace a token that seems good to us, and nobody knows
   * what became of it: later it may be too late to present it again.
   */
  private boolean isWorthPresentingAgain(TokenRecord record, long storeNow) {
    if (!context.spends() || record.phase() != TokenRecord.Phase.IN_FLIGHT) return false;
    long sinceSent = application.sincePresented(record, Nanos.ofMillis(storeNow - record.sentAt()));
    return context.replays.delay(record.attempts(), sinceSent, 0, true) != ReplayPolicy.NOT_NOW;
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
    new FamilyReplacement(family(identity)).store(tokens);
  }

  /**
   * Gives up the tokens, here and in the store; a refresh on its way cannot bring them back. The guide's "clear tokens".
   *
   * @param identity null for the web application's own
   * @throws TokenException if the store could not be written, or the client is closed
   */
  public void clearTokens(String identity) throws TokenException {
    TokenFamily family = family(identity);
    new FamilyReplacement(family).clear();
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
    if (context.ownStore) {
      clearTokens(identity);
    } else {
      TokenFamily family = family(identity);
      releases.begin(family, idle);
      families.dropUnused(family, true);
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
   * Gives up the application's access token, for instance because it has leaked: it is not served here any more, unless the
   * token endpoint hands it out again, and the next call gets another one. Other nodes have to be told, too. The refresh
   * token is kept. No resource server has rejected anything, and none is said to.
   */
  public void giveUpToken() {
    application.giveUp();
  }

  /**
   * Has one more listener hear what happens from now on, until it is removed or the client is closed. Does nothing if it
   * is there already.
   */
  public void addListener(TokenListener listener) {
    context.events.add(listener);
  }

  /** Tells the listener what waits for it, and ends its thread; waits for that two seconds and a little at most. */
  public void removeListener(TokenListener listener) {
    context.events.remove(listener);
  }

  /** Tells the listeners what the application identity holds now, for one that was added late. */
  public void announce() {
    context.emit(application.event(TokenEvent.Type.HELD));
  }

  /**
   * Stops the background refresh, waits for a refresh that is on its way and saves its result (at most as long as one
   * attempt may take), then closes refresher and store. Callers that wait get {@link Reason#CLOSED}. All threads end. A
   * second call waits for the end of the first; a call from a thread of the library's own returns at once.
   */
  @Override
  public void close() {
    shutdown.close();
  }

  private TokenFamily family(String identity) {
    return identity == null ? application : families.get(identity);
  }

  /**
   * Collects the settings of a {@link RefreshCoordinator}; each has the default of the init parameter of the same name.
   * Not thread-safe.
   */
  public static final class Builder {
    private final CoordinatorSettings settings;

    private Builder(String client, TokenRefresher refresher) {
      settings = new CoordinatorSettings(client, refresher);
    }

    /** Where tokens are kept; without one, in memory. Closed together with the coordinator. */
    public Builder store(TokenStore value) {
      settings.store = Objects.requireNonNull(value, "store");
      return this;
    }

    /** The name under which a shared store keeps this client: the client's own name by default. */
    public Builder storeKey(String value) {
      settings.storeKey = Objects.requireNonNull(value, "storeKey");
      return this;
    }

    /** The first pair, used when the store holds none, or holds a family that began from another pair. */
    public Builder firstTokens(TokenSet value) {
      settings.firstTokens = value;
      return this;
    }

    /** Refresh this long before expiry: 5 minutes, never more than half of the lifetime; zero turns it off. */
    public Builder refreshMargin(Duration value) {
      settings.refreshMargin = notNegative("refreshMargin", value);
      return this;
    }

    /** Treat a token as expired this long before it is: 30 seconds, never more than a tenth of the lifetime. */
    public Builder expirationMargin(Duration value) {
      settings.expirationMargin = notNegative("expirationMargin", value);
      return this;
    }

    /** How long a caller waits for a refresh: 15 seconds. */
    public Builder waitTimeout(Duration value) {
      settings.waitTimeout = notNegative("waitTimeout", value);
      return this;
    }

    /** How long the server accepts a spent refresh token again; null when that is unknown, as it is by default. */
    public Builder reuseGrace(Duration value) {
      settings.reuseGrace = value == null ? null : notNegative("reuseGrace", value);
      return this;
    }

    /** Whether tokens are refreshed by timer, with no traffic: true. */
    public Builder background(boolean value) {
      settings.background = value;
      return this;
    }

    /** Whether to rotate in memory, and save later, when the store cannot be written: false. */
    public Builder rotateWithoutStore(boolean value) {
      settings.rotateWithoutStore = value;
      return this;
    }

    /** How many identities are refreshed at the same time: 32. */
    public Builder maxConcurrentRefreshes(int value) {
      if (value < 1) throw new IllegalArgumentException("maxConcurrentRefreshes must be at least 1, not " + value);
      settings.maxConcurrentRefreshes = value;
      return this;
    }

    /** How many identities are kept in memory when the store keeps them all: 100,000. */
    public Builder maxIdentities(int value) {
      if (value < 1) throw new IllegalArgumentException("maxIdentities must be at least 1, not " + value);
      settings.maxIdentities = value;
      return this;
    }

    /** This process's name among the nodes, for people: by default what the JVM calls itself. */
    public Builder node(String value) {
      settings.node = Objects.requireNonNull(value, "node");
      return this;
    }

    /** Hears what happens. May be called several times. */
    public Builder listener(TokenListener value) {
      settings.listeners.add(Objects.requireNonNull(value, "listener"));
      return this;
    }

    Builder time(Ticker clocks, Scheduler work, DoubleSupplier dice) {
      settings.ticker = clocks;
      settings.scheduler = work;
      settings.random = dice;
      return this;
    }

    /** The coordinator, not yet {@linkplain RefreshCoordinator#start started}. */
    public RefreshCoordinator build() {
      return new RefreshCoordinator(settings);
    }

    private static Duration notNegative(String name, Duration value) {
      if (value.isNegative()) throw new IllegalArgumentException(name + " must not be negative, but is " + value);
      return value;
    }
  }
}
