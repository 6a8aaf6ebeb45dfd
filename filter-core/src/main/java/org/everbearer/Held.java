package org.everbearer;

import java.time.Duration;

/**
 * What a family holds in memory: a token, its three moments, and the record it came from. Immutable, so that one
 * volatile read yields a consistent whole.
 */
final class Held {
  /** Null while there is none. */
  final AccessToken token;
  /** The token's text, here too so that who has one of many identities' tokens in hand need not look elsewhere for it. */
  final String value;
  /** In nanoseconds of the ticker: when refreshing begins, when callers begin to wait, when the token is over. */
  final long staleAt;
  final long expiredAt;
  final long endsAt;
  /** When this process took it up. */
  final long since;
  /** The resource server said 401 to it: it is not served again. */
  final boolean rejected;
  /** How many tokens in a row, this one not included, were replaced because they were rejected. */
  final int rejections;
  /** Null until the store has been read. */
  final TokenRecord record;

  private Held(AccessToken token, long staleAt, long expiredAt, long endsAt, long since, boolean rejected,
      int rejections, TokenRecord record) {
    this.token = token;
    this.value = token == null ? null : token.value();
    this.staleAt = staleAt;
    this.expiredAt = expiredAt;
    this.endsAt = endsAt;
    this.since = since;
    this.rejected = rejected;
    this.rejections = rejections;
    this.record = record;
  }

  /** No token, as of {@code now}; {@code record} may be null. */
  static Held none(long now, TokenRecord record) {
    return new Held(null, now, now, now, now, false, 0, record);
  }

  /** A token that ends {@code remaining} nanoseconds after {@code now} and was given {@code lifetime}. */
  static Held of(TokenRecord record, long now, long remaining, long lifetime, Margins margins, double random) {
    long ends = now + remaining;
    long full = Math.max(lifetime, remaining);
    return new Held(new AccessToken(record.accessToken()), ends - margins.refresh(full, random),
        ends - margins.expiration(full), ends, now, false, 0, record);
  }

  /** A token of which nothing is to be expected but that it works until it is rejected: no refresh ahead. */
  static Held untilRejected(TokenRecord record, long now, long remaining) {
    long ends = now + remaining;
    return new Held(new AccessToken(record.accessToken()), ends, ends, ends, now, false, 0, record);
  }

  /** The same token and moments under another record, for instance one that says that it is being refreshed. */
  Held under(TokenRecord other) {
    return new Held(token, staleAt, expiredAt, endsAt, since, rejected, rejections, other);
  }

  /** The same, no longer to be served. */
  Held rejectedAt(long now) {
    return new Held(token, now, now, now, since, true, rejections, record);
  }

  /** The same, as the successor of a rejected one. */
  Held after(Held previous) {
    if (!previous.rejected) return this;
    return new Held(token, staleAt, expiredAt, endsAt, since, rejected, previous.rejections + 1, record);
  }

  Freshness at(long now) {
    return Freshness.of(staleAt, expiredAt, now);
  }

  /** Whether it may be served at all, margin or not. */
  boolean isLive(long now) {
    return token != null && endsAt - now > 0;
  }

  long generation() {
    return record == null ? 0 : record.generation();
  }

  boolean holds(String accessToken) {
    return value != null && value.equals(accessToken);
  }

  Duration validFor(long now) {
    return token == null ? null : Duration.ofNanos(endsAt - now);
  }

  Duration freshFor(long now) {
    return token == null ? null : Duration.ofNanos(staleAt - now);
  }
}
