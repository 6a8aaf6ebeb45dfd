package org.everbearer.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenListener;

/**
 * What is known of one client from its events: counters, the state of the application's tokens, and the recent events.
 * MBean, status page and Prometheus text read this and nothing else. Of users only the counters and the last failure are
 * kept.
 *
 * <p>Written by the event thread; read by any number of threads, none of which it makes wait.
 */
public final class ClientState implements TokenListener {
  /** Whose tokens a client keeps. */
  public enum Tokens {
    /** The web application's own. */
    APPLICATION,
    /** Those of each user. */
    PER_USER,
    /** None: it passes on the inbound ones. */
    INBOUND
  }

  private static final String APPLICATION = "application";

  final String client;
  final Counters counters = new Counters();
  final Timeline timeline = new Timeline();
  private final Clock clock;
  private volatile Shape shape = new Shape(Tokens.APPLICATION, true);
  private volatile Known known = Known.NOTHING;
  private volatile TokenEvent lastFailure;

  /** @param client the client's name */
  public ClientState(String client) {
    this(client, Clock.systemUTC());
  }

  ClientState(String client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Says what kind of client it is, as soon as that is known.
   *
   * @param refreshesItself whether tokens are refreshed ahead of their end with no traffic
   */
  public void describe(Tokens tokens, boolean refreshesItself) {
    shape = new Shape(tokens, refreshesItself);
  }

  @Override
  public void onEvent(TokenEvent event) {
    boolean counts = counters.count(event);
    // A dead family has one end, with the server's words: what fails after that asks nobody and tells nothing new.
    boolean told = !counts && APPLICATION.equals(event.identity()) && known.death != null;
    if (event.failure() != null && !told) lastFailure = event;
    if (APPLICATION.equals(event.identity())) known = known.after(event);
    if (event.type() != Type.HELD && event.type() != Type.EVENTS_DROPPED && !told) timeline.add(event);
  }

  /** The client's name. */
  public String client() {
    return client;
  }

  Known known() {
    return known;
  }

  /** Of any identity, or null. */
  TokenEvent lastFailure() {
    return lastFailure;
  }

  /** Whether the state of one token is the state of the client. */
  boolean isSingle() {
    return shape.tokens == Tokens.APPLICATION;
  }

  Instant now() {
    return clock.instant();
  }

  Condition condition(Instant now) {
    if (isSingle()) return known.at(now);
    return shape.tokens == Tokens.INBOUND ? Condition.RELAYING : Condition.PER_USER;
  }

  Sentence sentence(Instant now) {
    if (isSingle()) return Sentence.of(known, shape.refreshesItself, now);
    return shape.tokens == Tokens.INBOUND ? Sentence.relaying()
        : Sentence.perUser(counters.of(Type.REFRESHED), counters.of(Type.FAILED));
  }

  /** The state in a sentence, as in {@code Valid for 41 s; refreshes itself in 11 s.} */
  public String sentence() {
    Instant now = now();
    return sentence(now).at(now);
  }

  /** The state as the live page words it, as in {@code refresh fails}. */
  public String badge() {
    return condition(now()).badge;
  }

  /** How the live page colours it: good, warn, bad or idle. */
  public String kind() {
    return condition(now()).kind;
  }

  /** The state in a word, as in {@code VALID}. */
  public String condition() {
    return condition(now()).name();
  }

  /** Whether calls are served a token; null where there is not one token for all. */
  Boolean valid(Instant now) {
    return isSingle() ? known.isLive(now) : null;
  }

  /**
   * Seconds until the application's token expires, negative since then; null when there is none, or nothing tells its
   * end.
   */
  Double secondsToExpiry(Instant now) {
    Instant end = isSingle() ? known.expiresAt() : null;
    return end == null ? null : Duration.between(now, end).toMillis() / 1000.0;
  }

  /** What does not change while the client runs. */
  private static final class Shape {
    private final Tokens tokens;
    private final boolean refreshesItself;

    private Shape(Tokens tokens, boolean refreshesItself) {
      this.tokens = tokens;
      this.refreshesItself = refreshesItself;
    }
  }
}
