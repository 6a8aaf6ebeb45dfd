package org.everbearer.benchmarks;

import java.time.Duration;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/** A token endpoint without a network: each refresh token becomes the next one; an access token is as long as a JWT. */
public final class LocalRefresher implements TokenRefresher {
  static final int ACCESS_TOKEN_LENGTH = 800;
  static final int REFRESH_TOKEN_LENGTH = 32;

  /** For the configuration. */
  public LocalRefresher() {}

  @Override
  public TokenSet refresh(TokenSet current) {
    return tokens(Long.parseLong(current.refreshToken()) + 1);
  }

  static TokenSet tokens(long number) {
    return TokenSet.of(padded(number, ACCESS_TOKEN_LENGTH), padded(number, REFRESH_TOKEN_LENGTH))
        .expiresIn(Duration.ofHours(1));
  }

  static String padded(long number, int length) {
    String digits = Long.toString(number);
    return "0".repeat(length - digits.length()) + digits;
  }
}
