package org.everbearer.coordinator;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.everbearer.TokenListener;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;

/**
 * Collects the settings of a {@link RefreshCoordinator}; each has the default of the init parameter of the same name.
 * Not thread-safe; may be used for one coordinator.
 */
public final class CoordinatorBuilder {
  final String client;
  final TokenRefresher refresher;
  TokenStore store;
  String storeKey;
  TokenSet firstTokens;
  Duration refreshMargin = Duration.ofMinutes(5);
  Duration expirationMargin = Duration.ofSeconds(30);
  Duration waitTimeout = Duration.ofSeconds(15);
  Duration reuseGrace;
  boolean background = true;
  boolean rotateWithoutStore;
  int maxConcurrentRefreshes = 32;
  int maxIdentities = 100_000;
  String node = processName();
  final List<TokenListener> listeners = new ArrayList<>();
  Ticker ticker = Ticker.SYSTEM;
  Scheduler scheduler;
  DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

  CoordinatorBuilder(String client, TokenRefresher refresher) {
    this.client = Objects.requireNonNull(client, "client");
    this.refresher = Objects.requireNonNull(refresher, "refresher");
  }

  /** Where tokens are kept; without one, in memory. Closed together with the coordinator. */
  public CoordinatorBuilder store(TokenStore value) {
    store = Objects.requireNonNull(value, "store");
    return this;
  }

  /** The name under which a shared store keeps this client: the client's own name by default. */
  public CoordinatorBuilder storeKey(String value) {
    storeKey = Objects.requireNonNull(value, "storeKey");
    return this;
  }

  /** The first pair, used when the store holds none, or holds a family that began from another pair. */
  public CoordinatorBuilder firstTokens(TokenSet value) {
    firstTokens = value;
    return this;
  }

  /** Refresh this long before expiry: 5 minutes, never more than half of the lifetime; zero turns it off. */
  public CoordinatorBuilder refreshMargin(Duration value) {
    refreshMargin = notNegative("refreshMargin", value);
    return this;
  }

  /** Treat a token as expired this long before it is: 30 seconds, never more than a tenth of the lifetime. */
  public CoordinatorBuilder expirationMargin(Duration value) {
    expirationMargin = notNegative("expirationMargin", value);
    return this;
  }

  /** How long a caller waits for a refresh: 15 seconds. */
  public CoordinatorBuilder waitTimeout(Duration value) {
    waitTimeout = notNegative("waitTimeout", value);
    return this;
  }

  /** How long the server accepts a spent refresh token again; null when that is unknown, as it is by default. */
  public CoordinatorBuilder reuseGrace(Duration value) {
    reuseGrace = value == null ? null : notNegative("reuseGrace", value);
    return this;
  }

  /** Whether tokens are refreshed by timer, with no traffic: true. */
  public CoordinatorBuilder background(boolean value) {
    background = value;
    return this;
  }

  /** Whether to rotate in memory, and save later, when the store cannot be written: false. */
  public CoordinatorBuilder rotateWithoutStore(boolean value) {
    rotateWithoutStore = value;
    return this;
  }

  /** How many identities are refreshed at the same time: 32. */
  public CoordinatorBuilder maxConcurrentRefreshes(int value) {
    if (value < 1) throw new IllegalArgumentException("maxConcurrentRefreshes must be at least 1, not " + value);
    maxConcurrentRefreshes = value;
    return this;
  }

  /** How many identities are kept in memory when the store keeps them all: 100,000. */
  public CoordinatorBuilder maxIdentities(int value) {
    if (value < 1) throw new IllegalArgumentException("maxIdentities must be at least 1, not " + value);
    maxIdentities = value;
    return this;
  }

  /** This process's name among the nodes, for people: by default what the JVM calls itself. */
  public CoordinatorBuilder node(String value) {
    node = Objects.requireNonNull(value, "node");
    return this;
  }

  /** Hears what happens. May be called several times. */
  public CoordinatorBuilder listener(TokenListener value) {
    listeners.add(Objects.requireNonNull(value, "listener"));
    return this;
  }

  CoordinatorBuilder time(Ticker clocks, Scheduler work, DoubleSupplier dice) {
    ticker = clocks;
    scheduler = work;
    random = dice;
    return this;
  }

  /** The coordinator, not yet {@linkplain RefreshCoordinator#start started}. */
  public RefreshCoordinator build() {
    return new RefreshCoordinator(this);
  }

  private static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) throw new IllegalArgumentException(name + " must not be negative, but is " + value);
    return value;
  }

  private static String processName() {
    return ManagementFactory.getRuntimeMXBean().getName();
  }
}
