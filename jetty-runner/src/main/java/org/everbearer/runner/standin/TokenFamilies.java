package org.everbearer.runner.standin;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Single-use refresh tokens with reuse detection (RFC 9700 §4.14.2):
 * <ol>
 * <li>the current token of a family is exchanged for a new pair, and is spent;
 * <li>a spent token that returns within the grace is answered with that same pair: a reply was lost;
 * <li>a spent token that returns later revokes the family: somebody has a copy.
 * </ol>
 */
final class TokenFamilies {
  private final Clock clock;
  private final Duration grace;
  private final boolean rotate;
  private final Function<TokenFamily, String> accessTokens;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, RefreshToken> issued = new ConcurrentHashMap<>();

  /** @param accessTokens issues an access token for a family, whose monitor is held */
  TokenFamilies(Clock clock, Duration grace, boolean rotate, Function<TokenFamily, String> accessTokens) {
    this.clock = clock;
    this.grace = grace;
    this.rotate = rotate;
    this.accessTokens = accessTokens;
  }

  TokenPair create(String subject, String organization) {
    TokenFamily family = new TokenFamily("session_" + UUID.randomUUID(), subject, organization);
    synchronized (family) {
      return nextPair(family);
    }
  }

  /** @param organization to go on in, or null for the one so far */
  Refresh refresh(String presented, String organization) {
    RefreshToken token = presented == null ? null : issued.get(presented);
    if (token == null) return Refresh.refused(Refresh.Outcome.UNKNOWN);
    TokenFamily family = token.family;
    synchronized (family) {
      if (family.revoked) return Refresh.refused(Refresh.Outcome.REVOKED);
      Instant now = clock.instant();
      if (token.spentAt != null) return again(token, now);
      if (organization != null) family.organization = organization;
      if (!rotate) return new Refresh(Refresh.Outcome.ROTATED, new TokenPair(accessTokens.apply(family), null));
      token.successor = nextPair(family);
      token.spentAt = now;
      forgetSuccessors(family, now);
      family.answerable.add(token);
      return new Refresh(Refresh.Outcome.ROTATED, token.successor);
    }
  }

  /** Whether the token's family was there and alive until now. */
  boolean revoke(String refreshToken) {
    RefreshToken token = issued.get(refreshToken);
    return token != null && revoke(token.family);
  }

  /** How many families were alive until now. */
  int revokeAll() {
    return (int) issued.values().stream().map(token -> token.family).distinct().filter(this::revoke).count();
  }

  private Refresh again(RefreshToken spent, Instant now) {
    if (inGrace(spent, now)) return new Refresh(Refresh.Outcome.REPLAYED, spent.successor);
    revoke(spent.family);
    return Refresh.refused(Refresh.Outcome.REUSED);
  }

  private boolean inGrace(RefreshToken spent, Instant now) {
    return spent.successor != null && now.isBefore(spent.spentAt.plus(grace));
  }

  private boolean revoke(TokenFamily family) {
    synchronized (family) {
      boolean alive = !family.revoked;
      family.revoked = true;
      return alive;
    }
  }

  private TokenPair nextPair(TokenFamily family) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String refreshToken = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    issued.put(refreshToken, new RefreshToken(family));
    return new TokenPair(accessTokens.apply(family), refreshToken);
  }

  /** So that a family of many rotations costs some bytes for each and not some kilobytes. */
  private void forgetSuccessors(TokenFamily family, Instant now) {
    while (!family.answerable.isEmpty() && !inGrace(family.answerable.peek(), now)) {
      family.answerable.remove().successor = null;
    }
  }
}
