package org.everbearer.observe;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException.Reason;

/**
 * How the present refresh token has been presented so far, so that its death can be explained. Knows what this node's
 * events tell, and of other nodes' presentations what {@link TokenEvent#detail()} says. Immutable.
 */
final class Presentations {
  static final Presentations NONE = new Presentations(null, null, 0, null);

  private final TokenEvent first;
  private final TokenEvent last;
  private final int count;
  /** What is known of the one before the first, or null. */
  private final String before;

  private Presentations(TokenEvent first, TokenEvent last, int count, String before) {
    this.first = first;
    this.last = last;
    this.count = count;
    this.before = before;
  }

  Presentations after(TokenEvent event) {
    switch (event.type()) {
      case REFRESHING:
        return new Presentations(event, event, 1, null);
      case REPLAYED:
        if (count > 0) return new Presentations(first, event, count + 1, before);
        return new Presentations(event, event, 1, event.detail() == null ? "presented, never answered" : event.detail());
      case FAILED:
        return afterFailure(event.failure().reason());
      case REFRESHED:
      case UNCHANGED:
      case ADOPTED:
      case LOADED:
      case STORED:
      case CLEARED:
        return NONE;
      default:
        return this;
    }
  }

  private Presentations afterFailure(Reason reason) {
    // It has not been presented after all.
    if (reason == Reason.NOT_SENT && count > 1) return new Presentations(first, count == 2 ? first : last, count - 1, before);
    boolean over = count == 1 && before == null && reason != Reason.AMBIGUOUS && reason != Reason.REJECTED;
    return over || reason == Reason.NOT_SENT ? NONE : this;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** As in {@code presented by node a at 2026-01-01T08:33:54Z, never answered, presented again after 17 s}; null if empty. */
  String story() {
    if (isEmpty()) return null;
    String begin = before == null ? "presented" : before + ", presented again";
    String story = begin + " by node " + first.node() + " at " + first.at().truncatedTo(ChronoUnit.SECONDS);
    if (count == 1) return story;
    String pause = Durations.words(Duration.between(first.at(), last.at()));
    return story + ", never answered, presented again " + (count == 2 ? "after " : count - 1 + " times, last after ") + pause;
  }

  /** The whole of it, for the rejection with these words. */
  String rejected(String words) {
    return isEmpty() ? words : story() + ", rejected: " + words;
  }
}
