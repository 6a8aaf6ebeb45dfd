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
