package org.everbearer.config;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.refresh.TokenExchange;

/** Token exchange as the coordinator sees it: each family's refresh token is the subject token, and stays it. */
final class SubjectRefresher implements TokenRefresher {
  private final TokenExchange exchange;

  SubjectRefresher(TokenExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    if (current == null || current.refreshToken() == null) {
      throw new TokenException(TokenException.Reason.NO_TOKENS, "there is no inbound token to exchange");
    }
    return exchange.exchange(current.refreshToken());
  }

  @Override
  public boolean spendsRefreshToken() {
    return false;
  }

  @Override
  public Duration attemptTimeout() {
    return exchange.attemptTimeout();
  }

  @Override
  public void close() {
    exchange.close();
  }
}
