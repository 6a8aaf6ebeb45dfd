package org.everbearer.coordinator;

/** The whole mental model of a token's life, as a function of its three moments and the time. */
enum Freshness {
  /** Serve it. */
  FRESH,
  /** In the refresh margin: serve it, and refresh behind it. */
  STALE,
  /** Wait for a refresh. */
  EXPIRED;

  /** All in nanoseconds of one {@link Ticker}, compared by difference so that they may wrap. */
  static Freshness of(long staleAt, long expiredAt, long now) {
    if (staleAt - now > 0) return FRESH;
    return expiredAt - now > 0 ? STALE : EXPIRED;
  }
}
