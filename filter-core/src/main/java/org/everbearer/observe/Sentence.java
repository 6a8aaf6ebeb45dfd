package org.everbearer.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;

/**
 * A state as a sentence that a person understands, as in {@code Valid for 41 s; refreshes itself in 11 s.} Its times are
 * kept as instants, so that a page can count them down.
 */
final class Sentence {
  /** Each a {@link String}, or an {@link Instant} that stands for the time until then. */
  private final List<Object> parts = new ArrayList<>();

  static Sentence relaying() {
    return new Sentence().say("Passes on the token of each inbound request; has none of its own.");
  }

  static Sentence perUser(long refreshed, long failed) {
    return new Sentence().say("Each user has tokens of their own. Since the start " + refreshed
        + (refreshed == 1 ? " refresh" : " refreshes") + " succeeded and " + failed + " failed.");
  }

  /** @param refreshesItself whether tokens are refreshed ahead of their end with no traffic */
  static Sentence of(Known known, boolean refreshesItself, Instant now) {
    Sentence said = new Sentence();
    said.condition(known, refreshesItself, now);
    if (known.unsaved != null) said.say(" The newest tokens are not saved yet: do not stop this process.");
    return said;
  }

  private void condition(Known known, boolean refreshesItself, Instant now) {
    switch (known.at(now)) {
      case STARTING:
        say("Not used yet; the first call gets a token.");
        break;
      case VALID:
        life(known, "Valid for ", "Valid until it is rejected, for it says nothing of its end");
        renewal(known, refreshesItself, now);
        rejections(known);
        break;
      case REFRESHING:
        life(known, "Valid for ", "Served until it is rejected, for it says nothing of its end");
        say("; the next token is being fetched.");
        rejections(known);
        break;
      case FAILING:
        say(trouble(known) + ". ");
        life(known, "The present token is valid for ", "The present token says nothing of its end, and is served until it is"
            + " rejected");
        nextTry(known, now);
        rejections(known);
        break;
      case FETCHING:
        say("No valid token; a new one is being fetched.");
        break;
      case EXPIRED:
        if (known.cleared != null) say("The tokens were cleared; sign in again, or hand over new ones.");
        else if (known.last.type() == Type.GIVEN_UP) say("Given up by hand; the next call gets another one.");
        else say(known.last.expiresIn() == null ? "No token yet; the next call gets one." : "Expired; the next call refreshes it.");
        break;
      case DEAD:
        death(known, now);
        break;
      default:
        say("No valid token: " + lower(trouble(known)));
        nextTry(known, now);
    }
  }

  private void life(Known known, String validFor, String endUnknown) {
    if (known.isEndUnknown()) say(endUnknown);
    else say(validFor).until(known.expiresAt());
  }

  private void renewal(Known known, boolean refreshesItself, Instant now) {
    Instant due = known.refreshesAt();
    boolean ahead = due != null && (known.isEndUnknown() || due.isBefore(known.expiresAt()));
    if (!ahead) say(refreshesItself ? "." : "; refreshed by the first call after that.");
    else if (due.isAfter(now)) say(refreshesItself ? "; refreshes itself in " : "; refreshed by the first call in ").until(due).say(".");
    else say(refreshesItself ? "; is due to be refreshed." : "; the next call refreshes it.");
  }

  private void rejections(Known known) {
    if (known.rejected == null) return;
    int tokens = known.rejected.streak();
    say(tokens > 1 ? " The API has rejected it, and the " + (tokens == 2 ? "one" : tokens - 1) + " before it (401)."
        : " The API has rejected it (401).");
  }

  private void death(Known known, Instant now) {
    say("The refresh token was rejected; sign in again, or configure new tokens.");
    if (known.isLive(now)) {
      life(known, " The present token is valid for ", " The present token is served until it is rejected");
      say(".");
    }
    if (known.death != null) say(" What led there: " + known.death + (known.death.endsWith(".") ? "" : "."));
  }

  private static String trouble(Known known) {
    boolean never = known.reason() == Reason.NOT_SENT && !known.reached;
    return reason(known.reason()) + (never ? ", and has not been since the start: check its address" : "");
  }

  private void nextTry(Known known, Instant now) {
    Instant next = known.nextTry();
    if (next != null && next.isAfter(now)) say("; next try in ").until(next);
    say(".");
  }

  private Sentence say(String text) {
    parts.add(text);
    return this;
  }

  private Sentence until(Instant moment) {
    parts.add(moment);
    return this;
  }

  List<Object> parts() {
    return parts;
  }

  String at(Instant now) {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(part instanceof Instant ? Durations.words(Duration.between(now, (Instant) part)) : part);
    }
    return text.toString();
  }

  static String reason(Reason reason) {
    switch (reason) {
      case NOT_SENT:
        return "The identity server cannot be reached";
      case TRANSIENT:
        return "The identity server is having trouble";
      case AMBIGUOUS:
        return "The identity server did not answer";
      case REJECTED:
        return "The refresh token was rejected";
      case NEEDS_USER:
        return "Somebody has to sign in";
      case CONFIGURATION:
        return "The identity server refuses this client's configuration";
      case NO_TOKENS:
        return "There are no tokens yet";
      case STORE:
        return "The token store cannot be used";
      default:
        return "Refreshing takes too long";
    }
  }

  private static String lower(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
