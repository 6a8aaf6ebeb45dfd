package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.everbearer.JwtClaims;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;

/** An answer of the token endpoint, made into a record and, once saved, into what is held. */
final class NewTokens {
  /** A token that lives shorter cannot be kept fresh without asking all the time. */
  private static final long SHORTEST_LIFETIME = TimeUnit.SECONDS.toNanos(1);

  final TokenRecord record;
  /** Whether it is another access token than the one that was held. */
  final boolean isNew;
  /** Why the server made no progress, so that the next try waits as after a failure; or null. */
  final TokenException failure;
  /** What is odd about the answer though it is used, or null. */
  final TokenException warning;
  private final Held held;

  private NewTokens(TokenRecord record, Held held, boolean isNew, TokenException failure, TokenException warning) {
    this.record = record;
    this.held = held;
    this.isNew = isNew;
    this.failure = failure;
    this.warning = warning;
  }

  /**
   * @param mine the record under which the refresh token was presented
   * @param answer with a null refresh token: keep the old one (RFC 6749 §6)
   * @param storeNow the store's time in milliseconds
   * @param before what is held until now
   * @param replayed whether the answer may be an old one
   */
  static NewTokens of(FamilyState family, TokenRecord mine, TokenSet answer, long storeNow, Held before,
      boolean replayed) {
    CoordinatorContext context = family.context;
    Long told = told(context, answer);
    if (!replayed && told != null && told < SHORTEST_LIFETIME) told = firstAnswer(answer, told);
    TokenRecord.Builder next = received(family, mine, answer);
    if (before.holds(answer.accessToken())) return same(context, next, answer, told, storeNow, mine.lifetime(), before);
    long now = context.ticker.nanoTime();
    boolean odd = told != null && told < SHORTEST_LIFETIME;
    boolean unknown = told == null || odd;
    long remaining = unknown ? FamilyRecords.UNKNOWN_LIFETIME : told;
    TokenRecord record = next
        .expiry(storeNow + Nanos.toMillis(remaining), Nanos.toMillis(remaining))
        .build();
    if (odd) {
      TokenException once = before.endUnknown ? null : odd(told);
      return new NewTokens(record, Held.untilRejected(record, now, remaining), true, null, once);
    }
    if (unknown) return new NewTokens(record, opaque(context, record, now), true, null, null);
    double random = context.random.getAsDouble();
    return new NewTokens(record, Held.of(record, now, remaining, remaining, context.margins, random), true, null, null);
  }

  /** Refreshed ahead of the end that is guessed, and served beyond it only while refreshing fails. */
  private static Held opaque(CoordinatorContext context, TokenRecord record, long now) {
    return Held.of(record, now, FamilyRecords.UNKNOWN_LIFETIME, FamilyRecords.UNKNOWN_LIFETIME, context.margins, context.random.getAsDouble())
        .withUnknownEnd(now);
  }

  /**
   * The server hands out the token that is held until it ends, as many caches and gateways do: that is an answer and no
   * failure, and the next question makes sense when the token ends. The answer may tell better when that is.
   */
  private static NewTokens same(CoordinatorContext context, TokenRecord.Builder next, TokenSet answer, Long told,
      long storeNow, long lifetime, Held before) {
    long now = context.ticker.nanoTime();
    long left = before.endUnknown ? FamilyRecords.UNKNOWN_LIFETIME : before.endsAt - now;
    // Only expires_in counts down; what a token says of itself was said when it was new.
    if (answer.expiresIn() != null && told != null) left = told;
    boolean unknown = before.endUnknown && answer.expiresIn() == null;
    if (left < SHORTEST_LIFETIME) {
      if (!before.isLive(now)) return over(next, before, now);
      // It ends within the second to which expires_in is told: ask again then.
      left = Math.max(left, before.endsAt - now);
    }
    TokenRecord record = next.expiry(storeNow + Nanos.toMillis(left), lifetime).build();
    TokenException rejected = before.isSuspect() && !before.isConfirmed() ? new TokenException(Reason.TRANSIENT,
        "a resource server rejects the access token, and the token endpoint hands out the same one again") : null;
    return new NewTokens(record, before.confirmed(now, left, unknown, record), false, null, rejected);
  }

  private static NewTokens over(TokenRecord.Builder next, Held before, long now) {
    TokenRecord record = next.build();
    return new NewTokens(record, before.under(record), false, new TokenException(Reason.TRANSIENT,
        "the token endpoint handed out the same access token again, which has expired"), null);
  }

  /** Whether the access token is known to live too shortly to be of use. */
  static boolean isOver(CoordinatorContext context, TokenSet answer) {
    Long told = told(context, answer);
    return told != null && told < SHORTEST_LIFETIME;
  }

  /** The record of what was received, in case that nothing more can be made of it: of unknown expiry. */
  static TokenRecord.Builder received(FamilyState family, TokenRecord mine, TokenSet answer) {
    return rotated(family, mine, answer.refreshToken()).expiry(0, 0)
        .tokens(answer.accessToken(), answer.refreshToken() == null ? mine.refreshToken() : answer.refreshToken());
  }

  /** The server has rotated the refresh token, but gave no access token that may be used. */
  static TokenRecord withoutAccess(FamilyState family, TokenRecord mine, String refreshToken) {
    return rotated(family, mine, refreshToken).build();
  }

  /** @param saved the record as it was saved, perhaps under a later generation than {@link #record} */
  Held held(TokenRecord saved) {
    return held.under(saved);
  }

  private static TokenRecord.Builder rotated(FamilyState family, TokenRecord mine, String refreshToken) {
    String next = refreshToken == null ? mine.refreshToken() : refreshToken;
    return PairHistory.of(mine).rotatedTo(next, family.identity == null).onto(mine.toBuilder())
        .generation(mine.generation() + 1)
        .tokens(mine.accessToken(), next)
        .phase(Phase.IDLE, mine.spentHash())
        .fence(mine.generation())
        .lease(mine.owner(), 0) // holds nothing any more, but tells the other nodes who refreshed
        .purgeAfter(0)
        .sent(0, 0);
  }

  /** Nanoseconds that the access token lives, or null when nothing is known. */
  private static Long told(CoordinatorContext context, TokenSet answer) {
    if (answer.expiresIn() != null) return Nanos.of(answer.expiresIn());
    JwtClaims claims = JwtClaims.of(answer.accessToken());
    if (claims.lifetime() != null) return Nanos.of(claims.lifetime());
    return claims.expiresAt() == null ? null : context.records.untilByWallClock(claims.expiresAt());
  }

  /** A first answer that is over on arrival comes from a wrong clock: it lives as long as it was given. */
  private static long firstAnswer(TokenSet answer, long told) {
    Duration given = JwtClaims.of(answer.accessToken()).lifetime();
    return given == null ? told : Math.max(told, Nanos.of(given));
  }

  private static TokenException odd(long told) {
    return new TokenException(Reason.TRANSIENT, "the token endpoint handed out an access token that "
        + (told <= 0 ? "has already expired" : "lives for " + Nanos.toMillis(told) + " ms")
        + "; it is used until it is rejected. Check the server's clock");
  }
}
