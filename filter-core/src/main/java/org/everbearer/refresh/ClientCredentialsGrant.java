package org.everbearer.refresh;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The protocol {@code client-credentials} (RFC 6749 §4.4): the client itself is who is authorized, there is nothing to
 * spend, and each attempt may be repeated. A refresh token in the reply is ignored, as §4.4.3 wants there to be none.
 * Safe for use by any number of threads.
 */
public final class ClientCredentialsGrant implements TokenRefresher {
  private final TokenEndpoint endpoint;
  private final TokenEndpoint.Question grant;

  private ClientCredentialsGrant(Builder b) {
    this.endpoint = b.endpoint;
    this.grant = b.grant("client_credentials");
  }

  /** @param endpoint where the requests go; closed with what is built */
  public static Builder builder(TokenEndpoint endpoint) {
    return new Builder(endpoint);
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    return endpoint.ask(grant, Dialect.CLIENT_CREDENTIALS);
  }

  @Override
  public boolean spendsRefreshToken() {
    return false;
  }

  @Override
  public Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Collects the options of a {@link ClientCredentialsGrant}. */
  public static final class Builder extends GrantBuilder<Builder> {
    private Builder(TokenEndpoint endpoint) {
      super(endpoint);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Ready for use by any number of threads. */
    public ClientCredentialsGrant build() {
      return new ClientCredentialsGrant(this);
    }
  }
}
