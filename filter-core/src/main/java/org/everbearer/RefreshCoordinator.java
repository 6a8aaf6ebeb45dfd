package org.everbearer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Keeps the tokens of one client valid: one refresh per token family, whatever the number of threads, requests,
 * sessions and nodes.
 *
 * <pre>{@code
 * try (RefreshCoordinator tokens = RefreshCoordinator.builder("chat-api", refresher)
 *     .store(store)
 *     .firstTokens(TokenSet.of(accessToken, refreshToken))
 *     .build()) {
 *   tokens.start();
 *   call(tokens.application().token());
 * }
 * }</pre>
 */
public final class RefreshCoordinator implements AutoCloseable {
  public static Builder builder(String client, TokenRefresher refresher) {
    return new Builder(client, refresher);
  }

  private RefreshCoordinator(Builder b) {}

  /** Reads the store, takes up the first tokens where they are new, and arms the background refresh. No network but the store's. */
  public void start() throws TokenException {
    throw new IllegalStateException();
  }

  /** The tokens of the web application as a whole. */
  public TokenSource application() {
    throw new IllegalStateException();
  }

  /** The tokens of one identity, for instance of one user's session; {@code identity} is opaque, unique, and no secret. */
  public TokenSource source(String identity) {
    throw new IllegalStateException();
  }

  /** Begins a new family with these tokens; null identity means the application's. */
  public void storeTokens(String identity, TokenSet tokens) throws TokenException {
    throw new IllegalStateException();
  }

  /** Gives up the tokens; null identity means the application's. */
  public void clearTokens(String identity) throws TokenException {
    throw new IllegalStateException();
  }

  @Override
  public void close() {}

  public static final class Builder {
    private final String client;
    private final TokenRefresher refresher;
    private TokenStore store;
    private String storeKey;
    private TokenSet firstTokens;
    private Duration refreshMargin = Duration.ofMinutes(5);
    private Duration expirationMargin = Duration.ofSeconds(30);
    private Duration waitTimeout = Duration.ofSeconds(15);
    private Duration reuseGrace;
    private boolean background = true;
    private boolean rotateWithoutStore;
    private int maxConcurrentRefreshes = 32;
    private int maxIdentities = 100_000;
    private final List<TokenListener> listeners = new ArrayList<>();

    private Builder(String client, TokenRefresher refresher) {
      this.client = Objects.requireNonNull(client);
      this.refresher = Objects.requireNonNull(refresher);
    }

    public Builder store(TokenStore value) { store = value; return this; }
    public Builder storeKey(String value) { storeKey = value; return this; }
    public Builder firstTokens(TokenSet value) { firstTokens = value; return this; }
    public Builder refreshMargin(Duration value) { refreshMargin = value; return this; }
    public Builder expirationMargin(Duration value) { expirationMargin = value; return this; }
    public Builder waitTimeout(Duration value) { waitTimeout = value; return this; }
    public Builder reuseGrace(Duration value) { reuseGrace = value; return this; }
    public Builder background(boolean value) { background = value; return this; }
    public Builder rotateWithoutStore(boolean value) { rotateWithoutStore = value; return this; }
    public Builder maxConcurrentRefreshes(int value) { maxConcurrentRefreshes = value; return this; }
    public Builder maxIdentities(int value) { maxIdentities = value; return this; }
    public Builder listener(TokenListener value) { listeners.add(value); return this; }

    public RefreshCoordinator build() {
      return new RefreshCoordinator(this);
    }
  }
}
