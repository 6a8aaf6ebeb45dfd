package org.everbearer.observe;

import java.time.Duration;
import java.time.Instant;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;

/** What the events so far say of one identity's tokens: the events that still matter. */
final class Known {
  static final Known NOTHING = new Known();

  // Set by after() before anybody else sees the object, and never again.
  /** The newest: it says what is held. */
  TokenEvent last;
  /** A refresh is on its way since then, or null. */
  TokenEvent asking;
  /** The first and the last failure of the present streak, or null. */
  TokenEvent failingSince;
  TokenEvent failure;
  /** The refresh token was rejected, or null; and how that came about, in the server's words where they are known. */
  TokenEvent dead;
  String death;
  /** New tokens wait to be saved, or null. */
  TokenEvent unsaved;
  /** The tokens were cleared, or null. */
  TokenEvent cleared;
  /** A resource server rejected the token that is held, or null. */
  TokenEvent rejected;
  /** Whether the token endpoint has given any answer yet. */
  boolean reached;
  private Presentations presentations = Presentations.NONE;

  private Known() {}

  private Known(Known before) {
    last = before.last;
    asking = before.asking;
    failingSince = before.failingSince;
    failure = before.failure;
    dead = before.dead;
    death = before.death;
    unsaved = before.unsaved;
    cleared = before.cleared;
    rejected = before.rejected;
    reached = before.reached;
    presentations = before.presentations;
  }

  Known after(TokenEvent event) {
    Known now = new Known(this);
    now.take(event);
    now.last = event;
    return now;
  }

  private void take(TokenEvent event) {
    switch (event.type()) {
      case REFRESHING:
      case REPLAYED:
        asking = event;
        break;
      case FAILED:
        asking = null;
        if (failingSince == null) failingSince = event;
        failure = event;
        // Without an event of its own where another node, or an earlier start of this one, has met the rejection.
        if (event.failure().reason() == Reason.REJECTED) dies(event);
        break;
      case DEAD:
        dies(event);
        break;
      case NOT_SAVED:
        unsaved = event;
        break;
      case SAVED:
        unsaved = null;
        break;
      case INVALIDATED:
        rejected = event;
        break;
      case LOADED:
      case STORED:
      case CLEARED:
        begins();
        unsaved = null;
        cleared = event.type() == Type.CLEARED ? event : null;
        break;
      case REFRESHED:
      case UNCHANGED:
      case ADOPTED:
        begins();
        break;
      default:
        break;
    }
    if (rejected != null && !rejected.token().equals(event.token())) rejected = null;
    reached |= answers(event);
    presentations = presentations.after(event);
  }

  /** Tokens have come, or are gone: what was wrong with those before them is over. */
  private void begins() {
    asking = null;
    failingSince = null;
    failure = null;
    dead = null;
    death = null;
    cleared = null;
  }

  private void dies(TokenEvent event) {
    if (dead == null) dead = event;
    if (death == null && event.failure() != null) death = presentations.rejected(event.failure().getMessage());
  }

  /** Whether the event shows that the token endpoint can be reached. */
  static boolean answers(TokenEvent event) {
    if (event.type() == Type.REFRESHED || event.type() == Type.UNCHANGED || event.type() == Type.DEAD) return true;
    if (event.type() != Type.FAILED) return false;
    switch (event.failure().reason()) {
      case TRANSIENT:
      case AMBIGUOUS:
      case REJECTED:
      case NEEDS_USER:
      case CONFIGURATION:
        return true;
      default:
        return false;
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

  /** Whether a call is served the token. */
  boolean isLive(Instant now) {
    Instant end = end();
    return end != null && (end.isAfter(now) || failure != null && isEndUnknown());
  }

  /** Whether nothing tells when the token that is held ends. */
  boolean isEndUnknown() {
    return last != null && last.endUnknown() && last.expiresIn() != null;
  }

  /** By the local clock; null when no token is held, or nothing tells its end. */
  Instant expiresAt() {
    return isEndUnknown() ? null : end();
  }

  private Instant end() {
    return last == null ? null : end(last, last.expiresIn());
  }

  /** Null also where there will be none. */
  Instant refreshesAt() {
    return last == null || dead != null ? null : end(last, last.refreshesIn());
  }

  /** When a failed refresh is tried again, or null. */
  Instant nextTry() {
    return failure == null || dead != null ? null : failure.nextTry();
  }

  Reason reason() {
    return failure == null ? null : failure.failure().reason();
  }

  static Instant end(TokenEvent event, Duration in) {
    return in == null ? null : event.at().plus(in);
  }
}
