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

  static Sentence of(Known known, boolean background, Instant now) {
    Sentence said = new Sentence();
    said.condition(known, background, now);
    if (known.unsaved != null) said.say(" The newest tokens are not saved yet: do not stop this process.");
    return said;
  }

  private void condition(Known known, boolean background, Instant now) {
    boolean live = known.isLive(now);
    switch (known.at(now)) {
      case STARTING:
        say("Not used yet; the first call gets a token.");
        break;
      case VALID:
        say("Valid for ").until(known.expiresAt());
        renewal(known, background, now);
        break;
      case REFRESHING:
        say("Valid for ").until(known.expiresAt()).say("; the next token is being fetched.");
        break;
      case FAILING:
        say(reason(known.reason()) + ". The present token is valid for ").until(known.expiresAt());
        nextTry(known, now, "; next try in ");
        break;
      case FETCHING:
        say("No valid token; a new one is being fetched.");
        break;
      case EXPIRED:
        if (known.last.type() == Type.CLEARED) say("The tokens were cleared; sign in again, or hand over new ones.");
        else say(known.last.expiresIn() == null ? "No token yet; the next call gets one." : "Expired; the next call refreshes it.");
        break;
      case DEAD:
        say("The refresh token was rejected; sign in again, or configure new tokens.");
        if (live) say(" The present token is valid for ").until(known.expiresAt()).say(".");
        break;
      default:
        say("No valid token: " + lower(reason(known.reason())));
        nextTry(known, now, "; next try in ");
    }
  }

  private void renewal(Known known, boolean background, Instant now) {
    Instant due = known.refreshesAt();
    boolean ahead = due != null && due.isBefore(known.expiresAt());
    if (!ahead) say(background ? "." : "; refreshed by the first call after that.");
    else if (due.isAfter(now)) say(background ? "; refreshes itself in " : "; refreshed by the first call in ").until(due).say(".");
    else say(background ? "; is due to be refreshed." : "; the next call refreshes it.");
  }

  private void nextTry(Known known, Instant now, String words) {
    Instant next = known.failure.nextTry();
    if (next != null && next.isAfter(now)) say(words).until(next);
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
