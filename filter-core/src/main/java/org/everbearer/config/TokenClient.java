package org.everbearer.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.everbearer.Fingerprint;
import org.everbearer.Origin;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenListener;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.observe.LogListener;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that runs: the refresher, the store and the coordinator that its configuration asks for.
 *
 * <pre>{@code
 * try (TokenClient client = TokenClient.of(ClientConfig.read(source))) {
 *   client.start();
 *   call(client.coordinator().application().token());
 * }
 * }</pre>
 *
 * <p>Safe for use by any number of threads.
 */
public final class TokenClient implements AutoCloseable {
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);

  private final ClientConfig config;
  private final RefreshCoordinator coordinator;
  private final FileWatch watch;
  private final Logger log;

  private TokenClient(ClientConfig config, RefreshCoordinator coordinator, FileWatch watch, ILoggerFactory logs) {
    this.config = config;
    this.log = logs.getLogger("org.everbearer");
    this.coordinator = coordinator;
    this.watch = watch;
  }

  /**
   * Puts the parts together, and reads the client's key and finds the data source where there is one. No request is
   * sent, and no thread of the library's own refreshes anything yet.
   *
   * @throws ConfigException if a part cannot be made, for instance because a class of the application's own fails
   */
  public static TokenClient of(ClientConfig config, TokenListener... listeners) throws ConfigException {
    return make(config, WATCH_INTERVAL, UnaryOperator.identity(), LoggerFactory.getILoggerFactory(), listeners);
  }

  /** {@link #of} with the loggers of this factory for what the client says of its start and of its tokens. */
  public static TokenClient loggingTo(ILoggerFactory logs, ClientConfig config, TokenListener... listeners)
      throws ConfigException {
    return make(config, WATCH_INTERVAL, UnaryOperator.identity(), logs, listeners);
  }

  /**
   * {@link #of} with something around the protocol: for a tool or a test that counts, delays or refuses calls of the
   * token endpoint.
   *
   * @param around takes the configured refresher, and returns what the coordinator calls in its place
   */
  public static TokenClient wrapping(ClientConfig config, UnaryOperator<TokenRefresher> around,
      TokenListener... listeners) throws ConfigException {
    return make(config, WATCH_INTERVAL, around, LoggerFactory.getILoggerFactory(), listeners);
  }

  static TokenClient of(ClientConfig config, Duration watchInterval, TokenListener... listeners)
      throws ConfigException {
    return make(config, watchInterval, UnaryOperator.identity(), LoggerFactory.getILoggerFactory(), listeners);
  }

  private static TokenClient make(ClientConfig config, Duration watchInterval, UnaryOperator<TokenRefresher> around,
      ILoggerFactory logs, TokenListener... listeners) throws ConfigException {
    if (config.protocol() == Protocol.RELAY) return new TokenClient(config, null, null, logs);
    List<String> problems = new ArrayList<>();
    TokenStore store = null;
    TokenRefresher refresher = null;
    try {
      store = Stores.of(config);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    try {
      refresher = Refreshers.of(config);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    if (!problems.isEmpty()) {
      if (store != null) store.close();
      if (refresher != null) refresher.close();
      throw new ConfigException(ClientConfig.subject(config.name()), problems);
    }
    RefreshCoordinator coordinator = coordinator(config, around.apply(refresher),
        firstTokens(config, refresher), store, logs, listeners);
    return new TokenClient(config, coordinator, watch(config, refresher, coordinator, watchInterval), logs);
  }

  private static RefreshCoordinator coordinator(ClientConfig config, TokenRefresher refresher, TokenSet first,
      TokenStore store, ILoggerFactory logs, TokenListener... listeners) {
    RefreshCoordinator.Builder builder = RefreshCoordinator.builder(config.name(), refresher)
        .storeKey(config.get(Parameters.STORE_KEY))
        .firstTokens(first)
        .refreshMargin(config.protocol() == Protocol.STATIC ? Duration.ZERO : config.get(Parameters.REFRESH_MARGIN))
        .expirationMargin(config.get(Parameters.EXPIRATION_MARGIN))
        .waitTimeout(config.waitTimeout())
        .reuseGrace(config.get(Parameters.REUSE_GRACE))
        .background(config.background())
        .rotateWithoutStore(config.get(Parameters.ON_STORE_FAILURE) == OnStoreFailure.ROTATE)
        .maxConcurrentRefreshes(config.get(Parameters.MAX_CONCURRENT_REFRESHES))
        .maxIdentities(config.maxCachedTokens());
    builder.listener(new LogListener(config.name(), config.refreshesItself(), logs));
    if (store != null) builder.store(store);
    for (TokenListener listener : listeners) builder.listener(listener);
    return builder.build();
  }

  private static TokenSet firstTokens(ClientConfig config, TokenRefresher refresher) {
    if (refresher instanceof StaticTokens) return ((StaticTokens) refresher).first();
    String access = config.get(Parameters.ACCESS_TOKEN);
    String refresh = config.get(Parameters.REFRESH_TOKEN);
    return access == null && refresh == null ? null : TokenSet.of(access, refresh);
  }

  private static FileWatch watch(ClientConfig config, TokenRefresher refresher, RefreshCoordinator coordinator,
      Duration interval) {
    StaticTokens tokens = refresher instanceof StaticTokens ? (StaticTokens) refresher : null;
    if (tokens == null || !tokens.isReplaceable()) return null;
    return new FileWatch(config.name(), interval, () -> {
      TokenSet replacement = tokens.replacement();
      if (replacement == null) return;
      try {
        coordinator.storeTokens(null, replacement);
      } catch (TokenException e) {
        throw new IllegalStateException("the memory store does no I/O", e);
      }
    });
  }

  /**
   * Logs the effective configuration, reads the store, takes up the configured first pair and arms the background
   * refresh. A store that cannot be reached now is logged and tried again later. To be called once, before any use;
   * after a failure the client is to be closed.
   *
   * @throws ConfigException if the protocol needs a first pair, none is configured and the store holds none
   * @throws TokenException if the client is closed, or the tokens in the store are unusable
   */
  public void start() throws ConfigException, TokenException {
    log.info("{}", config.describe());
    for (String warning : config.warnings()) log.warn("client {}: {}", name(), warning);
    if (coordinator == null) return;
    boolean ownTokens = config.protocol() != Protocol.TOKEN_EXCHANGE
        && config.identity() == IdentityKind.APPLICATION;
    if (ownTokens) startApplication();
    if (watch != null) watch.start();
  }

  private void startApplication() throws ConfigException, TokenException {
    try {
      coordinator.start();
    } catch (TokenException e) {
      if (e.reason() == Reason.NO_TOKENS) {
        throw new ConfigException(ClientConfig.subject(name()),
            Collections.singleton(Parameters.REFRESH_TOKEN + ": " + Rules.FIRST_PAIR));
      }
      if (e.reason() != Reason.STORE) throw e;
      log.error("client {} starts without its stored tokens, and tries again: {}", name(), e.getMessage());
    }
  }

  /** What the client was made from. */
  public ClientConfig config() {
    return config;
  }

  /** The client's name: the filter-name. */
  public String name() {
    return config.name();
  }

  /** The only servers that may receive the token; never empty, unmodifiable. */
  public List<Origin> allowedOrigins() {
    return config.allowedOrigins();
  }

  /** Who keeps the tokens valid; null for {@link Protocol#RELAY}, which has none of its own. */
  public RefreshCoordinator coordinator() {
    return coordinator;
  }

  /**
   * {@link Protocol#TOKEN_EXCHANGE} only: the source of tokens that this inbound token is exchanged for, the same one
   * for the same token. Beyond {@code maxCachedTokens} some are forgotten, those that have expired before others. Sends
   * nothing by itself.
   *
   * @throws IllegalArgumentException if the token holds characters that no token may hold (RFC 6749 appendix A)
   * @throws IllegalStateException with another protocol
   */
  public TokenSource exchangedFor(String subjectToken) {
    if (config.protocol() != Protocol.TOKEN_EXCHANGE) {
      throw new IllegalStateException("client " + name() + " exchanges no tokens: its protocol is "
          + config.get(Parameters.PROTOCOL) + ", not token-exchange");
    }
    return coordinator.source(Fingerprint.hash(subjectToken), TokenSet.of(null, subjectToken));
  }

  /** Waits for a refresh in flight, saves its result, ends all threads. Idempotent. */
  @Override
  public void close() {
    if (watch != null) watch.close();
    if (coordinator != null) coordinator.close();
  }
}
