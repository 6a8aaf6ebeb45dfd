package org.everbearer.runner.standin;

/** How an identity server that is down shows itself. */
public enum Outage {
  /** Status 503 with {@code Retry-After}: the seconds that are left. */
  RETRY_AFTER,
  /** Status 503 alone. */
  UNAVAILABLE,
  /** The connection is closed with no answer, and nothing was done. */
  DROP
}
