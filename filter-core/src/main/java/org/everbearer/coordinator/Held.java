package org.everbearer.coordinator;

import java.time.Duration;
import org.everbearer.AccessToken;
import org.everbearer.TokenRecord;

/**
 * What a family holds in memory: a token, its three moments, and the record it came from. Immutable, so that one
 * volatile read yields a consistent whole.
 *
 * <p>A token that a resource server has rejected is a <em>suspect</em>: no longer fresh, but served to its end as long as
 * there is no other one.
 */
final class Held {
  private static final long SHORT_LIFETIME = Nanos.ofMillis(10_000);
  private static final long BACKGROUND_PAUSE = Nanos.ofMillis(5000);

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
  /** Null for a token that no resource server has rejected. */
  final Suspicion suspicion;
  /** How many tokens in a row, this one not included, were rejected before any server had accepted them. */
  final int rejections;
  /** Nothing tells when it ends: {@link #expiredAt} is a guess, and {@link #endsAt} is never. */
  final boolean endUnknown;
  /** Null until the store has been read. */
  final TokenRecord record;
  /** Counts the families that one after the other bear a name: what a refresh of an earlier one brings is not theirs. */
  final int epoch;

  private Held(AccessToken token, long staleAt, long expiredAt, long endsAt, long since, Suspicion suspicion,
      int rejections, boolean endUnknown, TokenRecord record, int epoch) {
    this.token = token;
    this.value = token == null ? null : token.value();
    this.staleAt = staleAt;
    this.expiredAt = expiredAt;
    this.endsAt = endsAt;
    this.since = since;
    this.suspicion = suspicion;
    this.rejections = rejections;
    this.endUnknown = endUnknown;
    this.record = record;
    this.epoch = epoch;
  }

  /** What a resource server's rejection of the token has led to. Immutable. */
  static final class Suspicion {
    /** Before this moment no refresh is begun on account of it. */
    final long refreshAt;
    /** When the token would have gone stale. */
    private final long staleAt;
    /** A resource server has accepted the token since. */
    private final boolean lifted;
    /** How often the token endpoint, asked for another token, has handed out this one again. */
    private final int confirmations;

    private Suspicion(long refreshAt, long staleAt, boolean lifted, int confirmations) {
      this.refreshAt = refreshAt;
      this.staleAt = staleAt;
      this.lifted = lifted;
      this.confirmations = confirmations;
    }
  }

  /** No token, as of {@code now}; {@code record} may be null. */
  static Held none(long now, TokenRecord record) {
    return new Held(null, now, now, now, now, null, 0, false, record, 0);
  }

  /** A token that ends {@code remaining} nanoseconds after {@code now} and was given {@code lifetime}. */
  static Held of(TokenRecord record, long now, long remaining, long lifetime, Margins margins, double random) {
    long ends = now + remaining;
    long expired = ends - margins.expiration(lifetime);
    return new Held(AccessToken.of(record.accessToken()), ends - margins.refresh(lifetime, random), expired, ends, now,
        null, 0, false, record, 0);
  }

  /** A token of which nothing is to be expected but that it works until it is rejected: no refresh ahead. */
  static Held untilRejected(TokenRecord record, long now, long guess) {
    long ends = now + guess;
    return new Held(AccessToken.of(record.accessToken()), ends, ends, now + Nanos.MAX, now, null, 0, true, record, 0);
  }

  /** The same, but its end is a guess. */
  Held withUnknownEnd(long now) {
    return new Held(token, staleAt, expiredAt, now + Nanos.MAX, since, suspicion, rejections, true, record, epoch);
  }

  /** The same token and moments under another record, for instance one that says that it is being refreshed. */
  Held under(TokenRecord other) {
    return new Held(token, staleAt, expiredAt, endsAt, since, suspicion, rejections, endUnknown, other, epoch);
  }

  /**
   * The same, as a suspect. One that was accepted before has probably been revoked, and may be replaced at once, however
   * often that happens; one that was never accepted, or that the token endpoint has confirmed, only after pauses that
   * grow each time.
   *
   * @param soonest when a refresh may begin that nothing else speaks against
   */
  Held suspected(long now, long soonest) {
    boolean accepted = token.isAccepted();
    long refreshAt = accepted || rejections == 0 ? soonest : since + Backoff.afterRejections(rejections);
    int confirmations = suspicion == null ? 0 : suspicion.confirmations;
    if (confirmations > 0 && suspicion.refreshAt - refreshAt > 0) refreshAt = suspicion.refreshAt;
    // Another object, so that a server which accepts it again has reason to tell.
    AccessToken untold = AccessToken.of(value);
    return new Held(untold, now, expiredAt, endsAt, since, new Suspicion(refreshAt, staleAt, false, confirmations),
        accepted ? 0 : rejections + 1, endUnknown, record, epoch);
  }

  /** The same, accepted after all. */
  Held trusted() {
    if (!isSuspect()) return this;
    return new Held(token, suspicion.staleAt, expiredAt, endsAt, since,
        new Suspicion(suspicion.refreshAt, 0, true, suspicion.confirmations), 0, endUnknown, record, epoch);
  }

  /**
   * The token endpoint has handed out the same token again: it is asked again when the token ends. A suspect remains one,
   * and the pause before the next refresh on account of it grows.
   *
   * @param remaining nanoseconds until the token ends
   */
  Held confirmed(long now, long remaining, boolean unknown, TokenRecord newer) {
    long ends = now + remaining;
    Suspicion still = suspicion;
    if (isSuspect()) {
      int times = suspicion.confirmations + 1;
      still = new Suspicion(now + Backoff.afterRejections(times), ends, false, times);
    }
    return new Held(token, isSuspect() ? now : ends, ends, unknown ? now + Nanos.MAX : ends, since, still, rejections,
        unknown, newer, epoch);
  }

  /** The same, as the successor of what was held before. */
  Held after(Held previous) {
    if (!previous.isSuspect() || previous.sameToken(this)) return this;
    return new Held(token, staleAt, expiredAt, endsAt, since, suspicion, previous.rejections, endUnknown, record, epoch);
  }

  /** The same, of another family. */
  Held inEpoch(int other) {
    if (epoch == other) return this;
    return new Held(token, staleAt, expiredAt, endsAt, since, suspicion, rejections, endUnknown, record, other);
  }

  Freshness at(long now) {
    return Freshness.of(staleAt, expiredAt, now);
  }

  /** Whether it may be served at all, margin or not. */
  boolean isLive(long now) {
    return token != null && endsAt - now > 0;
  }

  boolean isSuspect() {
    return suspicion != null && !suspicion.lifted;
  }

  /** Whether the token endpoint, asked for another token, has handed out this one again. */
  boolean isConfirmed() {
    return suspicion != null && suspicion.confirmations > 0;
  }

  /** When, with nothing else happening, the next refresh is due. */
  private long refreshAt() {
    return isSuspect() ? suspicion.refreshAt : staleAt;
  }

  /**
   * Nanoseconds until the next background refresh; a token that lives very shortly is not renewed at each end if nobody
   * asks for it.
   */
  long refreshDueIn(long now) {
    long due = refreshAt() - now;
    return endsAt - since < SHORT_LIFETIME ? Math.max(due, since + BACKGROUND_PAUSE - now) : due;
  }

  long generation() {
    return record == null ? 0 : record.generation();
  }

  boolean holds(String accessToken) {
    return value != null && value.equals(accessToken);
  }

  boolean sameToken(Held other) {
    return value == null ? other.value == null : value.equals(other.value);
  }

  /** Until its end, or until the end that is guessed. */
  Duration validFor(long now) {
    return token == null ? null : Duration.ofNanos((endUnknown ? expiredAt : endsAt) - now);
  }

  Duration freshFor(long now) {
    return token == null ? null : Duration.ofNanos(staleAt - now);
  }
}
