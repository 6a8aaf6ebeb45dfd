package org.everbearer.coordinator;

import java.time.Duration;

/** How early a token is refreshed and how early it counts as expired, each bounded by a part of its lifetime. */
final class Margins {
  private static final double REFRESH_JITTER = 0.2;
  private static final int REFRESH_SHARE = 2;
  private static final int EXPIRATION_SHARE = 10;

  private final long refresh;
  private final long expiration;

  Margins(Duration refresh, Duration expiration) {
    this.refresh = Nanos.of(refresh);
    this.expiration = Nanos.of(expiration);
  }

  /** Nanoseconds before its end at which a token counts as expired. */
  long expiration(long lifetime) {
    return Math.min(expiration, lifetime / EXPIRATION_SHARE);
  }

  /** Nanoseconds before its end at which a token goes stale; {@code random} in [0, 1) spreads nodes, earlier only. */
  long refresh(long lifetime, double random) {
    long atExpiration = expiration(lifetime);
    if (refresh == 0) return atExpiration;
    long margin = Math.min(refresh, lifetime / REFRESH_SHARE);
    return Math.max(atExpiration, margin + (long) (margin * REFRESH_JITTER * random));
  }

  /** Whether tokens are refreshed ahead of time at all. */
  boolean refreshesAhead() {
    return refresh > 0;
  }
}
