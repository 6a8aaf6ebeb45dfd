package org.everbearer;

import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord.Phase;

/** An answer of the token endpoint, made into a record and, once saved, into what is held. */
final class NewTokens {
  /** For a token that says nothing of its expiry, or something of no use. */
  private static final long UNKNOWN_LIFETIME = TimeUnit.MINUTES.toNanos(5);
  /** A token that lives shorter cannot be kept fresh without asking all the time. */
  static final long UNKNOWN_MILLIS = Nanos.toMillis(UNKNOWN_LIFETIME);
  private static final long SHORTEST_LIFETIME = TimeUnit.SECONDS.toNanos(1);

  final TokenRecord record;
  /** Why the server made no progress, or null. */
  final TokenException stuck;
  private final Held held;

  private NewTokens(TokenRecord record, TokenException stuck, Held held) {
    this.record = record;
    this.stuck = stuck;
    this.held = held;
  }

  /**
   * @param mine the record under which the refresh token was presented
   * @param answer with a null refresh token: keep the old one (RFC 6749 §6)
   * @param storeNow the store's time in milliseconds
   * @param before what is held until now
   */
  static NewTokens of(RefreshCoordinator client, TokenRecord mine, TokenSet answer, long storeNow, Held before) {
    long now = client.ticker.nanoTime();
    Long told = told(client, answer);
    boolean odd = told != null && told < SHORTEST_LIFETIME;
    long remaining = odd || told == null ? UNKNOWN_LIFETIME : told;
    boolean same = before.holds(answer.accessToken());
    boolean prolonged = !odd && answer.expiresIn() != null && now + remaining - before.endsAt > SHORTEST_LIFETIME;
    String refreshToken = answer.refreshToken() == null ? mine.refreshToken() : answer.refreshToken();
    if (same && (before.rejected || !prolonged)) {
      TokenRecord kept = rotated(mine, refreshToken).build();
      return new NewTokens(kept, stuck("the same access token again"), before.under(kept));
    }
    TokenRecord next = rotated(mine, refreshToken)
        .tokens(answer.accessToken(), refreshToken)
        .expiry(storeNow + Nanos.toMillis(remaining), Nanos.toMillis(remaining))
        .build();
    if (odd) return new NewTokens(next, stuck(odd(told)), Held.untilRejected(next, now, remaining));
    double random = client.random.getAsDouble();
    return new NewTokens(next, null, Held.of(next, now, remaining, remaining, client.margins, random));
  }

  /** Whether the access token is known to live too shortly to be of use. */
  static boolean isOver(RefreshCoordinator client, TokenSet answer) {
    Long told = told(client, answer);
    return told != null && told < SHORTEST_LIFETIME;
  }

  /** The server has rotated the refresh token, but gave no access token that may be used. */
  static TokenRecord withoutAccess(TokenRecord mine, String refreshToken) {
    return rotated(mine, refreshToken).build();
  }

  /** @param saved the record as it was saved, perhaps under a later generation than {@link #record} */
  Held held(TokenRecord saved) {
    return held.under(saved);
  }

  private static TokenRecord.Builder rotated(TokenRecord mine, String refreshToken) {
    return mine.toBuilder()
        .generation(mine.generation() + 1)
        .tokens(mine.accessToken(), refreshToken)
        .phase(Phase.IDLE, mine.spentHash())
        .fence(mine.generation())
        .lease(mine.owner(), 0) // holds nothing any more, but tells the other nodes who refreshed
        .sent(0, 0);
  }

  /** Nanoseconds that the access token lives, or null when nothing is known. */
  private static Long told(RefreshCoordinator client, TokenSet answer) {
    if (answer.expiresIn() != null) return Nanos.of(answer.expiresIn());
    JwtClaims claims = JwtClaims.of(answer.accessToken());
    if (claims.lifetime() != null) return Nanos.of(claims.lifetime());
    return claims.expiresAt() == null ? null : client.records.untilByWallClock(claims.expiresAt());
  }

  private static String odd(long told) {
    return "an access token that " + (told <= 0 ? "has already expired" : "lives for " + Nanos.toMillis(told) + " ms")
        + "; it is used until it is rejected. Check the server's clock";
  }

  private static TokenException stuck(String what) {
    return new TokenException(Reason.TRANSIENT, "the token endpoint handed out " + what);
  }
}
