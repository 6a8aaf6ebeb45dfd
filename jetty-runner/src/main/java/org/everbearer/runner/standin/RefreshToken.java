package org.everbearer.runner.standin;

import java.time.Instant;

/** One refresh token as its server remembers it. Guarded by its family's monitor. */
final class RefreshToken {
  final TokenFamily family;
  /** When it was exchanged; null while it is the family's current one. */
  Instant spentAt;
  /** What it was exchanged for; null again once the grace is over. */
  TokenPair successor;

  RefreshToken(TokenFamily family) {
    this.family = family;
  }
}
