package org.everbearer.config;

import java.time.Duration;
import java.util.List;
import org.everbearer.Origin;

/**
 * The checked configuration of one client. Immutable.
 */
public final class ClientConfig {

  /** Whose tokens they are. */
  public enum Identity {
    /** One token family for the whole web application. */
    APPLICATION,
    /** One token family for each HttpSession. */
    SESSION
  }

  ClientConfig() {}

  /**
   * Reads and checks everything; touches files and JNDI only where a parameter refers to them, and no network.
   *
   * @throws ConfigException that lists all problems at once
   */
  public static ClientConfig read(ConfigSource source) throws ConfigException {
    throw new UnsupportedOperationException();
  }

  /** The client's name: the filter-name. */
  public String name() {
    throw new UnsupportedOperationException();
  }

  public Protocol protocol() {
    throw new UnsupportedOperationException();
  }

  /** The only servers that may receive the token; never empty, unmodifiable. */
  public List<Origin> allowedOrigins() {
    throw new UnsupportedOperationException();
  }

  public Identity identity() {
    throw new UnsupportedOperationException();
  }

  /** Whether the token is obtained before the request enters the chain. */
  public boolean preflight() {
    throw new UnsupportedOperationException();
  }

  /** Whether tokens are refreshed by timer, with no traffic. */
  public boolean background() {
    throw new UnsupportedOperationException();
  }

  /** What the filter answers when no token can be had. */
  public Unavailable onUnavailable() {
    throw new UnsupportedOperationException();
  }

  /** How long a caller waits for a refresh that somebody runs. */
  public Duration waitTimeout() {
    throw new UnsupportedOperationException();
  }

  /** The longest that one call of the token endpoint takes. */
  public Duration requestTimeout() {
    throw new UnsupportedOperationException();
  }

  /** Bound of the cache of exchanged or per-session tokens. */
  public int maxCachedTokens() {
    throw new UnsupportedOperationException();
  }

  /**
   * The effective configuration in one line: every value that is not the default, with the place it comes from; a secret
   * as a fingerprint.
   */
  public String describe() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return describe();
  }
}
