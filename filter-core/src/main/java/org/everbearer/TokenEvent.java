package org.everbearer;

import java.time.Duration;
import java.time.Instant;

/**
 * One thing that happened to the tokens of one identity. Immutable; holds fingerprints, never a token.
 */
public final class TokenEvent {

  /** What happened. */
  public enum Type {
    /** Tokens were found in the store or in the configuration. */
    LOADED,
    /** The application handed over tokens ({@code storeTokens}). */
    STORED,
    /** The application cleared the tokens ({@code clearTokens}). */
    CLEARED,
    /** The token endpoint is being asked; {@link #REFRESHED} or {@link #FAILED} will say what came of it. */
    REFRESHING,
    /** The token endpoint handed out new tokens. */
    REFRESHED,
    /** The token endpoint handed out the access token that is held already; it is asked again when that one ends. */
    UNCHANGED,
    /** Another node's newer tokens, or ones edited by a person, were taken over from the store. */
    ADOPTED,
    /** A refresh failed; {@link #failure()} says why, {@link #nextTry()} when it is tried again. */
    FAILED,
    /** An unanswered refresh is presented again; {@link #detail()} tells of the presentation before, if it is known. */
    REPLAYED,
    /** New tokens that could not be saved at once have now been saved. */
    SAVED,
    /** New tokens could not be saved; they are kept in memory and saved again. */
    NOT_SAVED,
    /**
     * A resource server rejected the access token (401), {@link #count()} times since this was told last;
     * {@link #streak()} says how many tokens in a row were rejected and never accepted, {@link #detail()} what the token
     * says of itself.
     */
    INVALIDATED,
    /** A person gave up the access token, whose fingerprint is {@link #detail()}: the next call gets another one. */
    GIVEN_UP,
    /** The token endpoint rejected the refresh token: only new tokens help. {@link #failure()} has its words. */
    DEAD,
    /** A call was served the old, still valid token while refreshing fails. At most once per failure streak. */
    SERVED_STALE,
    /** The store could not be read or written. */
    STORE_FAILED,
    /** The store held an older pair of the same family (a restored copy); what is held was written back over it. */
    REPAIRED,
    /**
     * The configured pair is not used: the family that is stored began from it, or has spent it, before. With a
     * {@link #failure()} if that family is dead.
     */
    OLD_PAIR,
    /** A session has ended here; its tokens go unless another node still uses them. */
    RELEASED,
    /**
     * The server handed out a token that is expired or too short-lived, or again one that a resource server rejects. Once
     * per streak.
     */
    ODD_TOKEN,
    /**
     * {@link #count()} events were not told to {@link #listener()}, because it is too slow. Told to itself where the gap
     * is, and to the others about once a second.
     */
    EVENTS_DROPPED,
    /** Nothing has happened; a listener that came late is told what is held. */
    HELD
  }

  /** Why a refresh was begun. */
  public enum Trigger {
    /** The token reached the refresh margin. */
    AHEAD,
    /** The token had expired. */
    EXPIRED,
    /** A resource server had rejected the token. */
    REJECTED,
    /** The client started. */
    START,
    /** A person asked for it. */
    MANUAL
  }

  private final Type type;
  private final String client;
  private final String identity;
  private final String node;
  private final Instant at;
  private final Trigger trigger;
  private final Duration duration;
  private final TokenException failure;
  private final int streak;
  private final Instant nextTry;
  private final String token;
  private final long generation;
  private final Duration expiresIn;
  private final Duration refreshesIn;
  private final long count;
  private final String familyBefore;
  private final String familyNow;
  private final boolean endUnknown;
  private final String detail;
  private final String listener;

  private TokenEvent(Builder b) {
    this.type = b.type;
    this.client = b.client;
    this.identity = b.identity;
    this.node = b.node;
    this.at = b.at;
    this.trigger = b.trigger;
    this.duration = b.duration;
    this.failure = b.failure;
    this.streak = b.streak;
    this.nextTry = b.nextTry;
    this.token = b.token;
    this.generation = b.generation;
    this.expiresIn = b.expiresIn;
    this.refreshesIn = b.refreshesIn;
    this.count = b.count;
    this.familyBefore = b.familyBefore;
    this.familyNow = b.familyNow;
    this.endUnknown = b.endUnknown;
    this.detail = b.detail;
    this.listener = b.listener;
  }

  /** What has happened. */
  public Type type() {
    return type;
  }

  /** The client's name, that is the filter-name. */
  public String client() {
    return client;
  }

  /** {@code application}, or a fingerprint of the session's identity. */
  public String identity() {
    return identity;
  }

  /**
   * The node that did it: this one, or for {@link Type#ADOPTED} the one that had refreshed; null where that is not
   * known, as after an edit by hand.
   */
  public String node() {
    return node;
  }

  /** When, by the local clock. */
  public Instant at() {
    return at;
  }

  /** Why the refresh was begun; null where none was. */
  public Trigger trigger() {
    return trigger;
  }

  /** How long the refresh took, or null. */
  public Duration duration() {
    return duration;
  }

  /** What went wrong, or null. Its message holds no token. */
  public TokenException failure() {
    return failure;
  }

  /**
   * How many refreshes in a row have failed by now; for a success, how many had failed before it; for
   * {@link Type#INVALIDATED} how many tokens in a row were rejected and never accepted, this one included.
   */
  public int streak() {
    return streak;
  }

  /** When the next attempt will be made, by the local clock, or null. */
  public Instant nextTry() {
    return nextTry;
  }

  /** Fingerprint of the access token held after the event; {@code "none"} if there is none. */
  public String token() {
    return token;
  }

  /** Generation of the record in the store, or 0. */
  public long generation() {
    return generation;
  }

  /** How long the access token that is held is still valid; zero or negative when it is not, null when there is none. */
  public Duration expiresIn() {
    return expiresIn;
  }

  /** How long until the token enters its refresh margin, or null. */
  public Duration refreshesIn() {
    return refreshesIn;
  }

  /** For how many it stands: 1 for all but {@link Type#EVENTS_DROPPED} and {@link Type#INVALIDATED}. */
  public long count() {
    return count;
  }

  /**
   * Fingerprint of the refresh token (else of the access token) of the family that another one replaced, or that was not
   * used; null where no family was replaced. {@code "none"} if there was none before.
   */
  public String familyBefore() {
    return familyBefore;
  }

  /** Fingerprint of the refresh token (else of the access token) of the family that is used from now on, or null. */
  public String familyNow() {
    return familyNow;
  }

  /**
   * Whether nothing tells when the access token ends: it is refreshed when {@link #expiresIn()} is over, and served until
   * it is rejected as long as that fails.
   */
  public boolean endUnknown() {
    return endUnknown;
  }

  /** What else a person may want to know, as a part of a sentence, or null. Holds no token. */
  public String detail() {
    return detail;
  }

  /** The class of the listener that {@link Type#EVENTS_DROPPED} is about; null for all else. */
  public String listener() {
    return listener;
  }

  /** Tells, after this event, that so many events were not told to a listener of that class. */
  public TokenEvent afterDropped(long events, String listenerClass) {
    Builder dropped = of(Type.EVENTS_DROPPED).who(client, identity, node).at(at)
        .token(token, generation, expiresIn, refreshesIn).endUnknown(endUnknown);
    dropped.listener = listenerClass;
    return dropped.count(events).build();
  }

  @Override
  public String toString() {
    return "TokenEvent[" + type + ", client " + client + ", identity " + identity + ", token " + token
        + (trigger == null ? "" : ", trigger " + trigger)
        + (failure == null ? "" : ", failure " + failure.reason() + ": " + failure.getMessage()) + "]";
  }

  /** Begins an event: for the coordinator, and for who tests a listener. */
  public static Builder of(Type type) {
    return new Builder(type);
  }

  /** Collects the parts of an event. Not thread-safe. */
  public static final class Builder {
    private final Type type;
    private String client;
    private String identity;
    private String node;
    private Instant at;
    private Trigger trigger;
    private Duration duration;
    private TokenException failure;
    private int streak;
    private Instant nextTry;
    private String token = "none";
    private long generation;
    private Duration expiresIn;
    private Duration refreshesIn;
    private long count = 1;
    private String familyBefore;
    private String familyNow;
    private boolean endUnknown;
    private String detail;
    private String listener;

    private Builder(Type type) {
      this.type = type;
    }

    public Builder who(String clientName, String identityName, String nodeName) {
      client = clientName;
      identity = identityName;
      node = nodeName;
      return this;
    }

    public Builder at(Instant value) {
      at = value;
      return this;
    }

    public Builder trigger(Trigger value) {
      trigger = value;
      return this;
    }

    public Builder duration(Duration value) {
      duration = value;
      return this;
    }

    public Builder failure(TokenException value, int failuresInARow, Instant next) {
      failure = value;
      streak = failuresInARow;
      nextTry = next;
      return this;
    }

    public Builder streak(int value) {
      streak = value;
      return this;
    }

    public Builder node(String value) {
      node = value;
      return this;
    }

    public Builder token(String fingerprint, long recordGeneration, Duration validFor, Duration freshFor) {
      token = fingerprint;
      generation = recordGeneration;
      expiresIn = validFor;
      refreshesIn = freshFor;
      return this;
    }

    public Builder count(long value) {
      count = value;
      return this;
    }

    public Builder families(String before, String now) {
      familyBefore = before;
      familyNow = now;
      return this;
    }

    public Builder endUnknown(boolean value) {
      endUnknown = value;
      return this;
    }

    public Builder detail(String value) {
      detail = value;
      return this;
    }

    public TokenEvent build() {
      return new TokenEvent(this);
    }
  }
}
