package org.everbearer.refresh;

import java.io.Closeable;
import java.time.Duration;
import java.util.Objects;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The protocol {@code token-exchange} (RFC 8693): a token that somebody sent to us, for one that we may send on.
 *
 * <pre>{@code
 * TokenExchange exchange = TokenExchange.builder(endpoint).authentication(client).audience("chat").build();
 * TokenSet outbound = exchange.exchange(inboundToken);
 * }</pre>
 *
 * <p>A refresh token in the reply is ignored: the subject token can be exchanged again as long as it is good. Safe for
 * use by any number of threads.
 */
public final class TokenExchange implements Closeable {
  /** Says that the token is an OAuth 2.0 access token (RFC 8693 §3). */
  public static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  /** Says that the token is a JWT (RFC 8693 §3). */
  public static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

  private final TokenEndpoint endpoint;
  private final TokenEndpoint.Question grant;
  private final String subjectTokenType;
  private final String requestedTokenType;
  private final Dialect dialect;

  private TokenExchange(Builder b) {
    this.endpoint = b.endpoint;
    this.grant = b.grant("urn:ietf:params:oauth:grant-type:token-exchange");
    this.subjectTokenType = b.subjectTokenType;
    this.requestedTokenType = b.requestedTokenType;
    this.dialect = Dialect.exchange(requestedTokenType);
  }

  /** @param endpoint where the requests go; closed with what is built */
  public static Builder builder(TokenEndpoint endpoint) {
    return new Builder(endpoint);
  }

  /**
   * Asks once.
   *
   * @return an access token and no refresh token
   * @throws TokenException {@link TokenException.Reason#REJECTED} if the server does not take this subject token
   */
  public TokenSet exchange(String subjectToken) throws TokenException {
    return endpoint.ask(target -> grant.to(target)
        .withSecret("subject_token", subjectToken)
        .with("subject_token_type", subjectTokenType)
        .with("requested_token_type", requestedTokenType), dialect);
  }

  /** A refresher that exchanges this one subject token each time. Closing it leaves this exchange open. */
  public TokenRefresher forSubject(String subjectToken) {
    Objects.requireNonNull(subjectToken, "subjectToken");
    return new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) throws TokenException {
        return exchange(subjectToken);
      }

      @Override
      public boolean spendsRefreshToken() {
        return false;
      }

      @Override
      public Duration attemptTimeout() {
        return TokenExchange.this.attemptTimeout();
      }
    };
  }

  /** The upper bound of one exchange. */
  public Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Collects the options of a {@link TokenExchange}. */
  public static final class Builder extends GrantBuilder<Builder> {
    private String subjectTokenType = ACCESS_TOKEN;
    private String requestedTokenType = ACCESS_TOKEN;

    private Builder(TokenEndpoint endpoint) {
      super(endpoint);
    }

    @Override
    Builder self() {
      return this;
    }

    /** What the subject token is: {@link #ACCESS_TOKEN} by default. */
    public Builder subjectTokenType(String value) {
      subjectTokenType = Objects.requireNonNull(value, "subjectTokenType");
      return this;
    }

    /** What is wanted: {@link #ACCESS_TOKEN} by default; null leaves it to the server. */
    public Builder requestedTokenType(String value) {
      requestedTokenType = value;
      return this;
    }

    /** Ready for use by any number of threads. */
    public TokenExchange build() {
      return new TokenExchange(this);
    }
  }
}
