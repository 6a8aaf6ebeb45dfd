package org.everbearer.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import org.everbearer.JwtClaims;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;

/**
 * Tokens that were not just received, made into records and into what is held: their time left is their saved expiry by
 * the store's clock, else their {@code exp} by the wall clock.
 */
final class FamilyRecords {
  /** For a token that says nothing of its expiry, or something of no use; nanoseconds. */
  static final long UNKNOWN_LIFETIME = Nanos.ofMillis(300_000);
  private static final long UNKNOWN_MILLIS = Nanos.toMillis(UNKNOWN_LIFETIME);

  private final Ticker ticker;
  private final DoubleSupplier random;
  private final Margins margins;
  private final TokenStore store;

  FamilyRecords(Ticker ticker, DoubleSupplier random, Margins margins, TokenStore store) {
    this.ticker = ticker;
    this.random = random;
    this.margins = margins;
    this.store = store;
  }

  /**
   * What is held when this record comes from the store.
   *
   * @param storeNow the store's time in milliseconds
   */
  Held held(TokenRecord record, long storeNow) throws TokenException {
    long now = ticker.nanoTime();
    if (record.accessToken() == null) return Held.none(now, record);
    tokens(record);
    long remaining;
    long lifetime;
    if (record.expiresAt() > 0) {
      remaining = Nanos.ofMillis(record.expiresAt() - storeNow);
      lifetime = record.lifetime() > 0 ? Nanos.ofMillis(record.lifetime()) : remaining;
    } else {
      JwtClaims claims = JwtClaims.of(record.accessToken());
      remaining = claims.expiresAt() == null ? 0 : untilByWallClock(claims.expiresAt());
      lifetime = claims.lifetime() == null ? remaining : Nanos.of(claims.lifetime());
    }
    // No token has more left than it was given: whatever a clock says that was set back since.
    if (lifetime > 0) remaining = Math.min(remaining, lifetime);
    return Held.of(record, now, remaining, Math.max(lifetime, 0), margins, random.getAsDouble());
  }

  /** The record's tokens, or null if there are none; refused if somebody has written what no token can be. */
  TokenSet tokens(TokenRecord record) throws TokenException {
    if (record.accessToken() == null && record.refreshToken() == null) return null;
    try {
      return TokenSet.of(record.accessToken(), record.refreshToken());
    } catch (IllegalArgumentException e) {
      throw new TokenException(Reason.CONFIGURATION, e.getMessage() + " (in " + store.description() + ")");
    }
  }

  /**
   * The first record of a family.
   *
   * @param justReceived whether a token that says nothing of its expiry may be taken for a new one
   * @param replaced the record of the family that was there before, or null
   */
  TokenRecord of(TokenSet tokens, long storeNow, boolean justReceived, TokenRecord replaced) {
    TokenRecord.Builder record = PairHistory.of(replaced).begunFrom(tokens.accessToken(), tokens.refreshToken())
        .onto(TokenRecord.builder())
        .tokens(tokens.accessToken(), tokens.refreshToken());
    if (tokens.accessToken() == null) return record.build();
    if (tokens.expiresIn() != null) {
      long millis = Nanos.toMillis(Nanos.of(tokens.expiresIn()));
      return record.expiry(storeNow + millis, Math.max(millis, 0)).build();
    }
    JwtClaims claims = JwtClaims.of(tokens.accessToken());
    if (claims.expiresAt() != null) {
      // By the store's clock, on which all nodes agree; and no token has more left than it was given.
      long left = Nanos.toMillis(Nanos.ofMillis(claims.expiresAt().toEpochMilli() - storeNow));
      long given = claims.lifetime() == null ? Math.max(left, 0) : Nanos.toMillis(Nanos.of(claims.lifetime()));
      left = Math.min(left, given);
      record.expiry(storeNow + left, given);
    } else if (justReceived) {
      record.expiry(storeNow + UNKNOWN_MILLIS, UNKNOWN_MILLIS);
    }
    return record.build();
  }

  /** What is held when a caller brings the first pair: like a record from the store, but of a generation below any. */
  Held notStored(TokenSet tokens) {
    long now = ticker.currentTimeMillis();
    try {
      return held(of(tokens, now, true, null).toBuilder().generation(0).build(), now);
    } catch (TokenException e) {
      throw new IllegalArgumentException(e.getMessage(), e); // TokenSet has checked the token already
    }
  }

  long untilByWallClock(Instant end) {
    return Nanos.of(Duration.between(Instant.ofEpochMilli(ticker.currentTimeMillis()), end));
  }
}
