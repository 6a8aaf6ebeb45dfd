package org.everbearer.observe;

import java.time.Duration;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException.Reason;

/** Parts of log lines. */
final class LogWords {
  /** Whether tokens are refreshed ahead of their end with no traffic. */
  private final boolean refreshesItself;

  LogWords(boolean refreshesItself) {
    this.refreshesItself = refreshesItself;
  }

  static boolean isApplication(TokenEvent event) {
    return "application".equals(event.identity());
  }

  /** Whether the token that is held is valid for some time. */
  static boolean isLive(TokenEvent event) {
    Duration left = event.expiresIn();
    return left != null && !left.isNegative() && !left.isZero();
  }

  String validity(TokenEvent event) {
    if (event.expiresIn() == null) return "none held";
    if (event.endUnknown()) return "says nothing of its end; served until it is rejected";
    if (!isLive(event)) return "expired";
    String valid = "valid for " + Durations.words(event.expiresIn());
    boolean ahead = event.refreshesIn() != null && event.refreshesIn().compareTo(event.expiresIn()) < 0;
    if (!ahead) return valid;
    return valid + (refreshesItself ? ", refreshes itself in " : ", refreshed by the first call in ")
        + Durations.words(event.refreshesIn());
  }

  /** What calls get while refreshing fails; ends in a space. */
  static String meanwhile(TokenEvent event) {
    if (event.endUnknown() && event.expiresIn() != null) {
      return "The present token says nothing of its end; it is served until it is rejected. ";
    }
    return isLive(event) ? "The present token is served for another " + Durations.words(event.expiresIn()) + ". "
        : "No valid token is held, so calls fail. ";
  }

  static String took(TokenEvent event) {
    if (event.duration() == null) return "";
    return " (took " + event.duration().toMillis() + " ms, trigger " + Words.lower(event.trigger()) + ")";
  }

  /** Which family came in the place of which; empty if none did. */
  static String replacement(TokenEvent event) {
    String before = event.familyBefore();
    String now = event.familyNow();
    if (before == null || now == null || before.equals(now)) return "";
    return "none".equals(before) ? "; begins family " + now : "; replaces family " + before + " by family " + now;
  }

  static String nextTry(TokenEvent event) {
    return event.nextTry() == null ? "" : "Next try at " + event.nextTry() + ". ";
  }

  static String sentence(String text) {
    return text.endsWith(".") ? text + " " : text + ". ";
  }

  /** @param reached whether the token endpoint has given any answer since the start */
  static String remedy(TokenEvent event, boolean reached) {
    Reason reason = event.failure().reason();
    switch (reason) {
      case CONFIGURATION:
        return "Remedy: correct the client's parameters and redeploy";
      case NEEDS_USER:
      case REJECTED:
        return deathRemedy(event);
      case NO_TOKENS:
        return "Remedy: sign in, or configure a first pair (accessToken, refreshToken)";
      case STORE:
        return "Remedy: make the token store readable and writable; this client then goes on by itself";
      default:
        if (reason == Reason.NOT_SENT && !reached) {
          return "Remedy: it has never been reached since the start, so probably its address (baseUrl, tokenEndpoint or"
              + " issuer) has a typo; if not, check name resolution, proxy and firewall";
        }
        return "Remedy: none needed if the identity server comes back; this client then goes on by itself";
    }
  }

  /** Why a session that somebody has signed in with has no tokens. */
  static String gone(TokenEvent event) {
    if (!"none".equals(event.token())) return sentence(event.failure().getMessage());
    return "the store has no tokens for this session; those in store=memory end with the web application. ";
  }

  static String deathRemedy(TokenEvent event) {
    if (!isApplication(event)) return "Remedy: none here; it is for this user to sign in again";
    return "Remedy: sign in again, or put a new accessToken and refreshToken into the configuration and redeploy";
  }
}
