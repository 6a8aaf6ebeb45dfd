package org.everbearer.observe;

import java.time.Duration;
import java.time.Instant;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException.Reason;

/** What the events so far say of one identity's tokens: the events that still matter. Immutable. */
final class Known {
  static final Known NOTHING = new Known(null, null, null, null, null, null);

  /** The newest: it says what is held. */
  final TokenEvent last;
  /** A refresh is on its way since then, or null. */
  final TokenEvent asking;
  /** The first and the last failure of the present streak, or null. */
  final TokenEvent failingSince;
  final TokenEvent failure;
  /** The refresh token was rejected, or null. */
  final TokenEvent dead;
  /** New tokens wait to be saved, or null. */
  final TokenEvent unsaved;

  private Known(TokenEvent last, TokenEvent asking, TokenEvent failingSince, TokenEvent failure, TokenEvent dead,
      TokenEvent unsaved) {
    this.last = last;
    this.asking = asking;
    this.failingSince = failingSince;
    this.failure = failure;
    this.dead = dead;
    this.unsaved = unsaved;
  }

  Known after(TokenEvent event) {
    switch (event.type()) {
      case REFRESHING:
      case REPLAYED:
        return new Known(event, event, failingSince, failure, dead, unsaved);
      case FAILED:
        // Without an event of its own where another node, or an earlier start of this one, has met the rejection.
        boolean over = dead == null && event.failure().reason() == Reason.REJECTED;
        return new Known(event, null, failingSince == null ? event : failingSince, event, over ? event : dead, unsaved);
      case DEAD:
        return new Known(event, asking, failingSince, failure, event, unsaved);
      case NOT_SAVED:
        return new Known(event, asking, failingSince, failure, dead, event);
      case SAVED:
        return new Known(event, asking, failingSince, failure, dead, null);
      case LOADED:
      case STORED:
      case CLEARED:
        return new Known(event, null, null, null, null, null);
      case REFRESHED:
      case ADOPTED:
        return new Known(event, null, null, null, null, unsaved);
      default:
        return new Known(event, asking, failingSince, failure, dead, unsaved);
    }
  }

  Condition at(Instant now) {
    if (last == null) return Condition.STARTING;
    boolean live = isLive(now);
    if (dead != null) return Condition.DEAD;
    if (asking != null) return live ? Condition.REFRESHING : Condition.FETCHING;
    if (failure != null) return live ? Condition.FAILING : Condition.DOWN;
    return live ? Condition.VALID : Condition.EXPIRED;
  }

  boolean isLive(Instant now) {
    return expiresAt() != null && expiresAt().isAfter(now);
  }

  /** By the local clock; null when no token is held. */
  Instant expiresAt() {
    return last == null ? null : end(last, last.expiresIn());
  }

  Instant refreshesAt() {
    return last == null ? null : end(last, last.refreshesIn());
  }

  Reason reason() {
    return failure == null ? null : failure.failure().reason();
  }

  static Instant end(TokenEvent event, Duration in) {
    return in == null ? null : event.at().plus(in);
  }
}
