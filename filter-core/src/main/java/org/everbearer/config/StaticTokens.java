package org.everbearer.config;

import java.time.Duration;
import java.time.Instant;
import org.everbearer.JwtClaims;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The configured token as it is. There is nobody to ask for another one: renewing it means looking whether a person has
 * put another one into the place it comes from.
 */
final class StaticTokens implements TokenRefresher {
  /** For a token that says nothing of its expiry: used until it is rejected. */
  private static final Duration FOREVER = Duration.ofDays(36_500);

  private final String client;
  private final Setting setting;
  private final ConfigSource source;
  private volatile String handedOut;

  StaticTokens(ClientConfig config) {
    this.client = config.name();
    this.setting = config.setting(Parameters.ACCESS_TOKEN);
    this.source = config.source();
    this.handedOut = config.get(Parameters.ACCESS_TOKEN);
  }

  /** The token that was configured at start. */
  TokenSet first() {
    return tokens(handedOut);
  }

  /** Whether a person can replace the token while the application runs. */
  boolean isReplaceable() {
    return file() != null;
  }

  /** The token that a person has put in the place of the last one; null if there is none. */
  TokenSet replacement() {
    String now;
    try {
      now = current();
    } catch (IllegalArgumentException beingWritten) {
      return null;
    }
    if (now.equals(handedOut)) return null;
    handedOut = now;
    return tokens(now);
  }

  @Override
  public TokenSet refresh(TokenSet held) throws TokenException {
    String now;
    try {
      now = current();
    } catch (IllegalArgumentException e) {
      throw new TokenException(Reason.CONFIGURATION, "the static token of client " + client + " cannot be read again: "
          + e.getMessage());
    }
    boolean same = now.equals(held == null ? handedOut : held.accessToken());
    Instant expiry = JwtClaims.of(now).expiresAt();
    boolean expired = expiry != null && !expiry.isAfter(Instant.now());
    if (same || expired) {
      throw new TokenException(Reason.CONFIGURATION, "the static token of client " + client
          + (expired ? " has expired at " + expiry : " was rejected") + "; replace it in "
          + (file() == null ? setting.where() + " and start the application again" : file()));
    }
    handedOut = now;
    return tokens(now);
  }

  @Override
  public boolean spendsRefreshToken() {
    return false;
  }

  private String file() {
    String file = References.loneFile(setting.raw());
    return file == null ? null : source.resolve(file.trim()).toString();
  }

  private String current() {
    if (!isReplaceable()) return handedOut;
    References.Resolved resolved = new References(source).resolve(setting.raw());
    if (!resolved.problems.isEmpty()) throw new IllegalArgumentException(resolved.problems.get(0));
    return Parameters.ACCESS_TOKEN.parse(resolved.text(), source);
  }

  private static TokenSet tokens(String token) {
    Instant expiry = JwtClaims.of(token).expiresAt();
    return TokenSet.of(token, null)
        .expiresIn(expiry == null ? FOREVER : Duration.between(Instant.now(), expiry));
  }
}
