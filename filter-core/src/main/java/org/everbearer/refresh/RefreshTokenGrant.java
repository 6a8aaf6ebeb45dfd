package org.everbearer.refresh;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The protocol {@code oauth2}: the grant {@code refresh_token} (RFC 6749 §6).
 *
 * <pre>{@code
 * TokenEndpoint endpoint = TokenEndpoint.builder("chat-api").issuer("https://id.example.com").build();
 * RefreshTokenGrant.builder(endpoint).authentication(ClientAuthentication.basic(id, secret)).build();
 * }</pre>
 *
 * <p>Safe for use by any number of threads.
 */
public final class RefreshTokenGrant implements TokenRefresher {
  private final TokenEndpoint endpoint;
  private final TokenEndpoint.Question grant;

  private RefreshTokenGrant(Builder b) {
    this.endpoint = b.endpoint;
    this.grant = b.grant("refresh_token");
  }

  /** @param endpoint where the requests go; closed with what is built */
  public static Builder builder(TokenEndpoint endpoint) {
    return new Builder(endpoint);
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    return endpoint.ask(target -> grant.to(target).withSecret("refresh_token", current.refreshToken()), Dialect.OAUTH);
  }

  @Override
  public Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Collects the options of a {@link RefreshTokenGrant}. */
  public static final class Builder extends GrantBuilder<Builder> {
    private Builder(TokenEndpoint endpoint) {
      super(endpoint);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Ready for use by any number of threads. */
    public RefreshTokenGrant build() {
      return new RefreshTokenGrant(this);
    }
  }
}
