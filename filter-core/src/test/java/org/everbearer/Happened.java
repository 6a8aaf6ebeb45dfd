package org.everbearer;

import java.time.Duration;
import java.time.Instant;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;

/** Events as a coordinator makes them, for tests of those who hear them. */
public final class Happened {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Happened() {}

  /** To the application's token, which is then valid for that many seconds; null for no token. */
  public static TokenEvent event(Type type, int atSecond, Integer validFor) {
    return builder(type, "application", atSecond, validFor).build();
  }

  public static TokenEvent refreshed(String identity, int atSecond, int validFor) {
    return builder(Type.REFRESHED, identity, atSecond, validFor).trigger(Trigger.AHEAD).duration(Duration.ofMillis(250))
        .build();
  }

  /** The next try comes after ten seconds. */
  public static TokenEvent failed(String identity, int atSecond, Integer validFor, Reason reason, int streak) {
    return builder(Type.FAILED, identity, atSecond, validFor).trigger(Trigger.EXPIRED).duration(Duration.ofMillis(500))
        .failure(new TokenException(reason, "the endpoint said " + reason), streak, at(atSecond + 10)).build();
  }

  /** The token endpoint is being asked. */
  public static TokenEvent asking(String identity, int atSecond) {
    return builder(Type.REFRESHING, identity, atSecond, 0).trigger(Trigger.EXPIRED).build();
  }

  public static TokenEvent replayed(String identity, int atSecond) {
    return builder(Type.REPLAYED, identity, atSecond, 0).trigger(Trigger.EXPIRED).build();
  }

  /** The token that is held was handed out again. */
  public static TokenEvent unchanged(String identity, int atSecond, int validFor) {
    return builder(Type.UNCHANGED, identity, atSecond, validFor).trigger(Trigger.AHEAD).duration(Duration.ofMillis(250))
        .build();
  }

  /** Anything else that happened to a token, which is then valid for a minute. */
  public static TokenEvent of(Type type, String identity, int atSecond) {
    return builder(type, identity, atSecond, 60).build();
  }

  /** With what is known of the presentation before. */
  public static TokenEvent replayed(int atSecond, String before) {
    return builder(Type.REPLAYED, "application", atSecond, 0).detail(before).build();
  }

  /** The resource server has rejected so many tokens in a row, this one so many times. */
  public static TokenEvent rejected(int atSecond, int validFor, int times, int tokens) {
    return builder(Type.INVALIDATED, "application", atSecond, validFor).count(times).streak(tokens)
        .detail("It is for audience one").build();
  }

  /** The token says nothing of its end; FAILED comes with a failure. */
  public static TokenEvent endUnknown(Type type, int atSecond, int validFor) {
    TokenEvent.Builder event = builder(type, "application", atSecond, validFor).endUnknown(true);
    if (type != Type.FAILED) return event.build();
    return event.failure(new TokenException(Reason.TRANSIENT, "the endpoint said TRANSIENT"), 1, at(atSecond + 10)).build();
  }

  public static TokenEvent anotherToken(Type type, int atSecond, int validFor) {
    return builder(type, "application", atSecond, validFor)
        .token("a0a1a2a3", 8, Duration.ofSeconds(validFor), Duration.ofSeconds(validFor - 10)).build();
  }

  public static TokenEvent givenUp(int atSecond) {
    return builder(Type.GIVEN_UP, "application", atSecond, null).detail("f1f2f3f4").build();
  }

  /** One family came in the place of another. */
  public static TokenEvent families(Type type, int atSecond, String before, String now) {
    return builder(type, "application", atSecond, 60).families(before, now).build();
  }

  /** The listener of this class was not told so many events. */
  public static TokenEvent dropped(int atSecond, long events, String listener) {
    return builder(Type.HELD, "application", atSecond, 60).build().afterDropped(events, listener);
  }

  /** The same refresh again, as an event of a node and client of any name. */
  public static TokenEvent named(String client, String node, Type type, int atSecond) {
    return builder(type, "application", atSecond, 60).who(client, "application", node).trigger(Trigger.AHEAD)
        .duration(Duration.ofMillis(250)).build();
  }

  public static TokenEvent withFailure(Type type, int atSecond, Integer validFor, Reason reason) {
    return builder(type, "application", atSecond, validFor)
        .failure(new TokenException(reason, "what failed is " + reason), 1, null).build();
  }

  public static TokenEvent adopted(String node, int atSecond, int validFor) {
    return builder(Type.ADOPTED, "application", atSecond, validFor).node(node).build();
  }

  public static Instant at(int second) {
    return START.plusSeconds(second);
  }

  private static TokenEvent.Builder builder(Type type, String identity, int atSecond, Integer validFor) {
    TokenEvent.Builder event = TokenEvent.of(type).who("chat-api", identity, "node-a").at(at(atSecond));
    if (validFor == null) return event;
    // Enters its margin ten seconds before its end.
    return event.token("f1f2f3f4", 7, Duration.ofSeconds(validFor), Duration.ofSeconds(validFor - 10));
  }
}
