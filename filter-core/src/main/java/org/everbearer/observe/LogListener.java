package org.everbearer.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenListener;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens to the log {@code org.everbearer.<client>}: one INFO line a refresh of the application's token, one
 * WARN line a streak of failures with the time of the next try, one ERROR when no valid token is left, one summary when
 * it ends; else ERROR only for what needs a person who runs the application. Every line names client, identity and
 * remedy, and none a token.
 *
 * <p>What happens to one of many sessions is DEBUG as long as it goes well, and at most one line of a kind in ten
 * seconds when it does not. Called from one thread.
 */
public final class LogListener implements TokenListener {
  private static final Set<Reason> NEED_A_PERSON = Collections.unmodifiableSet(
      EnumSet.of(Reason.CONFIGURATION, Reason.NEEDS_USER, Reason.REJECTED));
  private static final int REMEMBERED = 1000;
  private static final int REJECTED_TOKENS = 2;
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Logger log;
  private final LogWords words;
  // Touched by the event thread only. Since when the refreshes of an identity have been failing; since when one has no
  // token and that was told; needs a person, and one was told; has tokens to save; had its new tokens rejected.
  private final Map<String, Instant> failingSince = new HashMap<>();
  private final Map<String, Instant> down = new HashMap<>();
  private final Map<String, Instant> needing = new HashMap<>();
  private final Map<String, Instant> unsaved = new HashMap<>();
  private final Map<String, Instant> rejecting = new HashMap<>();
  private final Map<String, Presentations> presentations = new HashMap<>();
  private final Map<String, Instant> lastOfKind = new HashMap<>();
  private final Map<String, Long> suppressed = new HashMap<>();
  private boolean reached;

  /** For a client that refreshes its tokens itself, ahead of their end. */
  public LogListener(String client) {
    this(client, true);
  }

  /**
   * @param client the client's name
   * @param refreshesItself whether tokens are refreshed ahead of their end with no traffic
   */
  public LogListener(String client, boolean refreshesItself) {
    this(client, refreshesItself, LoggerFactory.getILoggerFactory());
  }

  /** @param logs where its logger comes from */
  public LogListener(String client, boolean refreshesItself, ILoggerFactory logs) {
    this.log = logs.getLogger("org.everbearer." + client);
    this.words = new LogWords(refreshesItself);
  }

  @Override
  public void onEvent(TokenEvent event) {
    reached |= Known.answers(event);
    switch (event.type()) {
      case LOADED:
        info(event, () -> "loaded token " + event.token() + ", " + words.validity(event) + LogWords.replacement(event));
        break;
      case STORED:
        forget(event);
        info(event, () -> "was given token " + event.token() + ", " + words.validity(event) + LogWords.replacement(event));
        break;
      case CLEARED:
        forget(event);
        info(event, () -> "gave up its tokens on request");
        break;
      case ADOPTED:
        recovered(event);
        info(event, () -> "took over token " + event.token() + " from " + (event.node() == null ? "the store" : event.node())
            + ", " + words.validity(event) + LogWords.replacement(event));
        break;
      case REFRESHED:
        if (!recovered(event)) {
          info(event, () -> "refreshed: token " + event.token() + ", " + words.validity(event) + LogWords.took(event));
        }
        break;
      case UNCHANGED:
        if (!recovered(event)) {
          debug(event, () -> "was handed out token " + event.token() + " again, " + words.validity(event) + LogWords.took(event));
        }
        break;
      case FAILED:
        failed(event);
        break;
      case DEAD:
        // Where it has no words of the server, those come with the failure that follows.
        if (event.failure() != null) dead(event);
        break;
      case INVALIDATED:
        rejected(event);
        break;
      case GIVEN_UP:
        info(event, () -> "gave up token " + event.detail() + " on request; the next call gets another one");
        break;
      case NOT_SAVED:
        notSaved(event);
        break;
      case SAVED:
        unsaved.remove(event.identity());
        log.info("{} [{}] the tokens that could not be saved are saved now", event.client(), event.identity());
        break;
      case REPAIRED:
        warn(event, "the store held an older pair (" + event.familyBefore() + ") of this family; wrote " + event.familyNow()
            + " back");
        break;
      case OLD_PAIR:
        oldPair(event);
        break;
      case ODD_TOKEN:
        warn(event, event.failure().getMessage());
        break;
      case EVENTS_DROPPED:
        dropped(event);
        break;
      default:
        log.debug("{} [{}] {}", event.client(), event.identity(), event);
    }
    remember(event);
  }

  // --- failures

  private void failed(TokenEvent event) {
    Reason reason = event.failure().reason();
    // A session without tokens has no streak that could end by itself.
    boolean noStreak = reason == Reason.NO_TOKENS && !LogWords.isApplication(event);
    boolean begins = !noStreak && begins(failingSince, event);
    if (reason == Reason.REJECTED) {
      dead(event);
    } else if (NEED_A_PERSON.contains(reason)) {
      // Also where the streak has begun as an outage.
      if (begins(needing, event)) askAPerson(event, "cannot be refreshed until somebody acts: " + said(event));
      else again(event);
    } else if (begins) {
      warn(event, "cannot be refreshed: " + said(event));
    } else if (isDown(event) && begins(down, event)) {
      error(event, "has no valid token any more: " + said(event));
    } else if (noStreak) {
      warn(event, "has to sign in again: " + LogWords.gone(event) + LogWords.deathRemedy(event));
    } else {
      again(event);
    }
  }

  private String said(TokenEvent event) {
    return LogWords.sentence(event.failure().getMessage()) + LogWords.meanwhile(event) + LogWords.nextTry(event)
        + LogWords.remedy(event, reached);
  }

  private void again(TokenEvent event) {
    debug(event, () -> "attempt " + event.streak() + " failed: " + said(event));
  }

  private static boolean isDown(TokenEvent event) {
    return LogWords.isApplication(event) && !LogWords.isLive(event)
        && !(event.endUnknown() && event.expiresIn() != null);
  }

  private void dead(TokenEvent event) {
    if (!begins(needing, event)) {
      debug(event, () -> "is still dead: " + event.failure().getMessage());
      return;
    }
    Presentations known = presentations.getOrDefault(event.identity(), Presentations.NONE);
    askAPerson(event, "the refresh token was rejected and cannot be used again: "
        + LogWords.sentence(known.rejected(event.failure().getMessage()))
        + LogWords.meanwhile(event) + LogWords.deathRemedy(event));
  }

  private void rejected(TokenEvent event) {
    boolean streak = event.streak() >= REJECTED_TOKENS;
    if (streak && begins(rejecting, event)) {
      warn(event, "the API rejects new tokens too (401): " + event.streak() + " in a row, none was ever accepted. "
          + (event.detail() == null ? "" : LogWords.sentence(event.detail()))
          + "Remedy: compare the token's audience, issuer and scope with what the API expects");
      return;
    }
    if (!streak) rejecting.remove(event.identity());
    debug(event, () -> "token " + event.token() + " was rejected by the API (401)"
        + (event.count() == 1 ? "" : ", " + event.count() + " times"));
  }

  private void notSaved(TokenEvent event) {
    if (begins(unsaved, event)) error(event, event.failure().getMessage());
    else debug(event, () -> event.failure().getMessage());
  }

  private void oldPair(TokenEvent event) {
    String text = "the configured pair (" + event.familyBefore() + ") is older than the stored one (" + event.familyNow()
        + ") and is not used";
    boolean dead = event.failure() != null || needing.containsKey(event.identity());
    if (dead) warn(event, text + ", but the stored one is dead. Remedy: sign in again, and configure the new pair");
    else info(event, () -> text);
  }

  private void dropped(TokenEvent event) {
    String kind = Type.EVENTS_DROPPED + " " + event.listener();
    long count = event.count() + suppressed.getOrDefault(kind, 0L);
    if (pauses(kind, event)) {
      suppressed.put(kind, count);
      return;
    }
    suppressed.remove(kind);
    log.warn("{}: {} not told to the listener {}: it is too slow", event.client(),
        count == 1 ? "1 event was" : count + " events were", event.listener());
  }

  // --- streaks

  /** Another family begins. */
  private void forget(TokenEvent event) {
    failingSince.remove(event.identity());
    down.remove(event.identity());
    needing.remove(event.identity());
    unsaved.remove(event.identity());
    rejecting.remove(event.identity());
  }

  /** Whether this ends a streak of failures, which is then summed up in one line. */
  private boolean recovered(TokenEvent event) {
    needing.remove(event.identity());
    down.remove(event.identity());
    Instant since = failingSince.remove(event.identity());
    if (since == null) return false;
    info(event, () -> "works again after " + Durations.words(Duration.between(since, event.at())) + ": token "
        + event.token() + ", " + words.validity(event) + LogWords.took(event));
    return true;
  }

  /** Whether the event is the first of its streak. With very many identities at once some streaks are told again. */
  private static boolean begins(Map<String, Instant> streaks, TokenEvent event) {
    if (streaks.containsKey(event.identity())) return false;
    if (LogWords.isApplication(event) || streaks.size() < REMEMBERED) streaks.put(event.identity(), event.at());
    return true;
  }

  private void remember(TokenEvent event) {
    String identity = event.identity();
    Presentations before = presentations.getOrDefault(identity, Presentations.NONE);
    Presentations after = before.after(event);
    if (after == before) return;
    if (after.isEmpty()) presentations.remove(identity);
    else if (LogWords.isApplication(event) || presentations.size() < REMEMBERED) presentations.put(identity, after);
  }

  // --- lines; names and words are arguments, for a pair of braces in one is not a placeholder

  /** What only a user can mend, who is told so by the application, is no reason to wake anybody else. */
  private void askAPerson(TokenEvent event, String text) {
    if (LogWords.isApplication(event) || event.failure().reason() == Reason.CONFIGURATION) error(event, text);
    else warn(event, text);
  }

  private void info(TokenEvent event, Supplier<String> text) {
    if (!LogWords.isApplication(event)) debug(event, text);
    else if (log.isInfoEnabled()) log.info("{} [{}] {}", event.client(), event.identity(), text.get());
  }

  private void debug(TokenEvent event, Supplier<String> text) {
    if (log.isDebugEnabled()) log.debug("{} [{}] {}", event.client(), event.identity(), text.get());
  }

  private void warn(TokenEvent event, String text) {
    String kind = "WARN " + kind(event);
    if (mayTell(kind, event)) log.warn("{} [{}] {}{}", event.client(), event.identity(), text, others(kind, event));
  }

  private void error(TokenEvent event, String text) {
    String kind = "ERROR " + kind(event);
    if (mayTell(kind, event)) log.error("{} [{}] {}{}", event.client(), event.identity(), text, others(kind, event));
  }

  private static Type kind(TokenEvent event) {
    boolean death = event.failure() != null && event.failure().reason() == Reason.REJECTED;
    return death ? Type.DEAD : event.type();
  }

  /** One of many sessions must not fill the log: one line of a kind, then a pause. */
  private boolean mayTell(String kind, TokenEvent event) {
    if (LogWords.isApplication(event)) return true;
    if (!pauses(kind, event)) return true;
    suppressed.merge(kind, 1L, Long::sum);
    return false;
  }

  private boolean pauses(String kind, TokenEvent event) {
    Instant last = lastOfKind.get(kind);
    if (last != null && last.plus(PAUSE).isAfter(event.at())) return true;
    lastOfKind.put(kind, event.at());
    return false;
  }

  private String others(String kind, TokenEvent event) {
    if (LogWords.isApplication(event)) return "";
    Long count = suppressed.remove(kind);
    return count == null ? "" : " (and " + count + " more like this in other sessions)";
  }
}
