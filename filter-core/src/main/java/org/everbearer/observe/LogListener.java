package org.everbearer.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens to the log {@code org.everbearer.<client>}: one INFO line a refresh, one WARN line a streak of
 * failures with the time of the next try, one summary when it ends, and ERROR only for what needs a person who runs the
 * application. Every line names client, identity and remedy, and none a token.
 *
 * <p>What happens to one of many sessions is DEBUG as long as it goes well, and at most one line of a kind in ten
 * seconds when it does not. Called from one thread.
 */
public final class LogListener implements TokenListener {
  private static final String APPLICATION = "application";
  private static final Set<Reason> NEED_A_PERSON = Collections.unmodifiableSet(
      EnumSet.of(Reason.CONFIGURATION, Reason.NEEDS_USER, Reason.REJECTED));
  private static final int REMEMBERED_STREAKS = 1000;
  private static final Duration SESSION_PAUSE = Duration.ofSeconds(10);

  private final Logger log;
  /** Since when the refreshes of an identity have been failing. Touched by the event thread only. */
  private final Map<String, Instant> failingSince = new HashMap<>();
  /** Since when an identity needs a person, and one was told so. */
  private final Map<String, Instant> needing = new HashMap<>();
  private final Map<String, Instant> unsaved = new HashMap<>();
  private final Map<String, Instant> lastOfKind = new HashMap<>();
  private final Map<String, Integer> suppressed = new HashMap<>();

  /** @param client the client's name */
  public LogListener(String client) {
    this.log = LoggerFactory.getLogger("org.everbearer." + client);
  }

  @Override
  public void onEvent(TokenEvent event) {
    switch (event.type()) {
      case LOADED:
        info(event, "loaded token {}, {}", event.token(), validity(event));
        break;
      case STORED:
        forget(event);
        info(event, "was given token {}, {}", event.token(), validity(event));
        break;
      case CLEARED:
        forget(event);
        info(event, "gave up its tokens on request", null, null);
        break;
      case ADOPTED:
        recovered(event);
        info(event, "took over token {} from " + (event.node() == null ? "the store" : event.node()) + ", {}",
            event.token(), validity(event));
        break;
      case REFRESHED:
        if (!recovered(event)) {
          info(event, "refreshed: token {}, {}", event.token(), validity(event) + how(event));
        }
        break;
      case FAILED:
        failed(event);
        break;
      case DEAD:
        begins(needing, event);
        askAPerson(event, Reason.REJECTED, "the refresh token was rejected and cannot be used again. " + afterlife(event)
            + remedy(event, Reason.REJECTED));
        break;
      case NOT_SAVED:
        notSaved(event);
        break;
      case SAVED:
        unsaved.remove(event.identity());
        log.info("{} [{}] the tokens that could not be saved are saved now", event.client(), event.identity());
        break;
      case ODD_TOKEN:
        warn(event, event.failure().getMessage());
        break;
      case EVENTS_DROPPED:
        log.warn("{} {} events were not told: a listener is too slow", event.client(), event.count());
        break;
      default:
        log.debug("{} [{}] {}", event.client(), event.identity(), event);
    }
  }

  private void failed(TokenEvent event) {
    Reason reason = event.failure().reason();
    String said = event.failure().getMessage() + ". " + afterlife(event)
        + (event.nextTry() == null ? "" : "Next try at " + event.nextTry() + ". ") + remedy(event, reason);
    // A session that nobody has signed in to has no streak that could end by itself.
    boolean noStreak = reason == Reason.NO_TOKENS && !isApplication(event);
    boolean begins = !noStreak && begins(failingSince, event);
    if (NEED_A_PERSON.contains(reason)) {
      // Also where the streak has begun as an outage, and where another node or an earlier start has met the rejection.
      if (begins(needing, event)) askAPerson(event, reason, "cannot be refreshed until somebody acts: " + said);
      else debug(event, said);
    } else if (begins) {
      warn(event, "cannot be refreshed: " + said);
    } else {
      debug(event, said);
    }
  }

  private void debug(TokenEvent event, String said) {
    log.debug("{} [{}] failed for the {}. time: {}", event.client(), event.identity(), event.streak(), said);
  }

  /** Another family begins. */
  private void forget(TokenEvent event) {
    failingSince.remove(event.identity());
    needing.remove(event.identity());
    unsaved.remove(event.identity());
  }

  private void notSaved(TokenEvent event) {
    if (begins(unsaved, event)) error(event, event.failure().getMessage());
    else log.debug("{} [{}] {}", event.client(), event.identity(), event.failure().getMessage());
  }

  /** Whether the event is the first of its streak. With very many identities at once some streaks are told again. */
  private static boolean begins(Map<String, Instant> streaks, TokenEvent event) {
    if (streaks.containsKey(event.identity())) return false;
    if (isApplication(event) || streaks.size() < REMEMBERED_STREAKS) streaks.put(event.identity(), event.at());
    return true;
  }

  /** What only a user can mend, who is told so by the application, is no reason to wake anybody else. */
  private void askAPerson(TokenEvent event, Reason reason, String text) {
    if (isApplication(event) || reason == Reason.CONFIGURATION) error(event, text);
    else warn(event, text);
  }

  private static String remedy(TokenEvent event, Reason reason) {
    switch (reason) {
      case CONFIGURATION:
        return "Remedy: correct the client's parameters and redeploy";
      case NEEDS_USER:
      case REJECTED:
        if (!isApplication(event)) return "Remedy: none here; it is for this user to sign in again";
        return "Remedy: sign in again, or put a new accessToken and refreshToken into the configuration and redeploy";
      case NO_TOKENS:
        return "Remedy: sign in, or configure a first pair (accessToken, refreshToken)";
      case STORE:
        return "Remedy: make the token store readable and writable; this client then goes on by itself";
      default:
        return "Remedy: none needed if the identity server comes back; this client then goes on by itself";
    }
  }

  /** Whether this ends a streak of failures, which is then summed up in one line. */
  private boolean recovered(TokenEvent event) {
    needing.remove(event.identity());
    Instant since = failingSince.remove(event.identity());
    if (since == null) return false;
    info(event, "works again after " + Durations.words(Duration.between(since, event.at())) + ": token {}, {}",
        event.token(), validity(event) + how(event));
    return true;
  }

  private static String validity(TokenEvent event) {
    if (event.expiresIn() == null) return "none held";
    if (event.expiresIn().isNegative() || event.expiresIn().isZero()) return "expired";
    String valid = "valid for " + Durations.words(event.expiresIn());
    return event.refreshesIn() == null || event.refreshesIn().compareTo(event.expiresIn()) >= 0 ? valid
        : valid + ", refreshes itself in " + Durations.words(event.refreshesIn());
  }

  private static String how(TokenEvent event) {
    if (event.duration() == null) return "";
    return " (took " + event.duration().toMillis() + " ms, trigger " + Words.lower(event.trigger()) + ")";
  }

  private static String afterlife(TokenEvent event) {
    boolean live = event.expiresIn() != null && !event.expiresIn().isNegative() && !event.expiresIn().isZero();
    return live ? "The present token is served for another " + Durations.words(event.expiresIn()) + ". "
        : "No valid token is held, so calls fail. ";
  }

  private void info(TokenEvent event, String text, String first, String second) {
    String line = event.client() + " [" + event.identity() + "] " + text;
    if (isApplication(event)) log.info(line, first, second);
    else log.debug(line, first, second);
  }

  private void warn(TokenEvent event, String text) {
    if (mayTell(event)) log.warn("{} [{}] {}{}", event.client(), event.identity(), text, others(event));
  }

  private void error(TokenEvent event, String text) {
    if (mayTell(event)) log.error("{} [{}] {}{}", event.client(), event.identity(), text, others(event));
  }

  /** One of many sessions must not fill the log: one line of a kind, then a pause. */
  private boolean mayTell(TokenEvent event) {
    if (isApplication(event)) return true;
    String kind = event.type().name();
    Instant last = lastOfKind.get(kind);
    if (last != null && last.plus(SESSION_PAUSE).isAfter(event.at())) {
      suppressed.merge(kind, 1, Integer::sum);
      return false;
    }
    lastOfKind.put(kind, event.at());
    return true;
  }

  private String others(TokenEvent event) {
    Integer count = suppressed.remove(event.type().name());
    return count == null ? "" : " (and " + count + " more like this in other sessions)";
  }

  private static boolean isApplication(TokenEvent event) {
    return APPLICATION.equals(event.identity());
  }
}
