package org.everbearer.config;

import java.util.List;
import org.everbearer.Origin;
import org.everbearer.RefreshCoordinator;
import org.everbearer.TokenException;
import org.everbearer.TokenListener;
import org.everbearer.TokenSource;

/**
 * A client that runs: the refresher, the store and the coordinator that its configuration asks for.
 */
public final class TokenClient implements AutoCloseable {
  private TokenClient() {}

  /**
   * Puts the parts together. No network, no thread yet.
   *
   * @throws ConfigException if a part cannot be made, for instance because a class of the application's own fails
   */
  public static TokenClient of(ClientConfig config, TokenListener... listeners) throws ConfigException {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads the store, takes up the configured first pair and arms the background refresh.
   *
   * @throws ConfigException if the protocol needs a first pair, none is configured and the store holds none
   * @throws TokenException if the client is closed
   */
  public void start() throws ConfigException, TokenException {
    throw new UnsupportedOperationException();
  }

  public ClientConfig config() {
    throw new UnsupportedOperationException();
  }

  /** The client's name: the filter-name. */
  public String name() {
    throw new UnsupportedOperationException();
  }

  public List<Origin> allowedOrigins() {
    throw new UnsupportedOperationException();
  }

  /** Who keeps the tokens valid; null for {@link Protocol#RELAY}, which has none of its own. */
  public RefreshCoordinator coordinator() {
    throw new UnsupportedOperationException();
  }

  /** {@link Protocol#TOKEN_EXCHANGE} only: the source of tokens that this inbound token is exchanged for. */
  public TokenSource exchangedFor(String subjectToken) {
    throw new UnsupportedOperationException();
  }

  /** Waits for a refresh in flight, saves its result, ends all threads. Idempotent. */
  @Override
  public void close() {}
}
