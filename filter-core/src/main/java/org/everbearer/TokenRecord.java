package org.everbearer;

import java.util.Objects;

/**
 * Everything that is known about one token family, read and written as a whole. Immutable.
 *
 * <p>All times are milliseconds since 1970 <em>by the store's clock</em> ({@link TokenStore.Snapshot#now()}), so nodes
 * whose own clocks differ read the same thing. A value of 0 means unknown.
 */
public final class TokenRecord {

  /** Where the family stands. */
  public enum Phase {
    /** The tokens may be used, and {@link #spentHash()} names the refresh token from which they were made. */
    IDLE,
    /** {@link #owner()} is spending, or has tried to spend, the refresh token {@link #spentHash()}. */
    IN_FLIGHT,
    /**
     * The server rejected the refresh token {@link #spentHash()}; the access token may still live. With no tokens at
     * all: they were cleared on purpose.
     */
    DEAD
  }

  private final long generation;
  private final String seed;
  private final String accessToken;
  private final String refreshToken;
  private final long expiresAt;
  private final long lifetime;
  private final Phase phase;
  private final String spentHash;
  private final long fence;
  private final String owner;
  private final long leaseUntil;
  private final long sentAt;
  private final int attempts;

  private TokenRecord(Builder b) {
    this.generation = b.generation;
    this.seed = b.seed;
    this.accessToken = b.accessToken;
    this.refreshToken = b.refreshToken;
    this.expiresAt = b.expiresAt;
    this.lifetime = b.lifetime;
    this.phase = Objects.requireNonNull(b.phase, "phase");
    this.spentHash = b.spentHash;
    this.fence = b.fence;
    this.owner = b.owner;
    this.leaseUntil = b.leaseUntil;
    this.sentAt = b.sentAt;
    this.attempts = b.attempts;
  }

  /** A builder for an idle record of generation 1 with nothing in it. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this record. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Counts every write of the record, from 1. It is the fencing number: a write on an older one fails. */
  public long generation() {
    return generation;
  }

  /** {@linkplain Fingerprint#hash Hash} that tells from which first pair the family began; null when from none. */
  public String seed() {
    return seed;
  }

  /** The access token, or null. */
  public String accessToken() {
    return accessToken;
  }

  /** The refresh token, or null. */
  public String refreshToken() {
    return refreshToken;
  }

  /** When the access token expires, or 0. */
  public long expiresAt() {
    return expiresAt;
  }

  /** How long the access token lived when it was new, in milliseconds, or 0. */
  public long lifetime() {
    return lifetime;
  }

  /** How far the last refresh has come. */
  public Phase phase() {
    return phase;
  }

  /** {@linkplain Fingerprint#hash Hash} of a refresh token, by {@link #phase()}; null when there is none. */
  public String spentHash() {
    return spentHash;
  }

  /** The generation under which the tokens were obtained: of two results for one spent token the higher is newer. */
  public long fence() {
    return fence;
  }

  /** Who spends or, when idle, who refreshed last, if known. Names a process and a coordinator in it. */
  public String owner() {
    return owner;
  }

  /** In flight: until when nobody else may spend, or 0. */
  public long leaseUntil() {
    return leaseUntil;
  }

  /** In flight: when the refresh token was presented first. */
  public long sentAt() {
    return sentAt;
  }

  /** In flight: how often the refresh token was, or is about to be, presented. */
  public int attempts() {
    return attempts;
  }

  /** {@linkplain Fingerprint#hash Hash} of the refresh token; the empty string if there is none. */
  String refreshHash() {
    return refreshToken == null ? "" : Fingerprint.hash(refreshToken);
  }

  /** The {@link #seed()} of a family that begins with these tokens. */
  public static String seedOf(TokenSet first) {
    return seedOf(first.accessToken(), first.refreshToken());
  }

  /** The {@link #seed()} of a family that begins with these tokens, either of which may be null. */
  public static String seedOf(String accessToken, String refreshToken) {
    return Fingerprint.hash(orEmpty(accessToken) + "\n" + orEmpty(refreshToken));
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  /** Whether the tokens were cleared on purpose. */
  public boolean isCleared() {
    return phase == Phase.DEAD && accessToken == null && refreshToken == null;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof TokenRecord)) return false;
    TokenRecord that = (TokenRecord) other;
    return generation == that.generation && expiresAt == that.expiresAt && lifetime == that.lifetime
        && fence == that.fence && leaseUntil == that.leaseUntil && sentAt == that.sentAt && attempts == that.attempts
        && phase == that.phase && Objects.equals(seed, that.seed) && Objects.equals(accessToken, that.accessToken)
        && Objects.equals(refreshToken, that.refreshToken) && Objects.equals(spentHash, that.spentHash)
        && Objects.equals(owner, that.owner);
  }

  @Override
  public int hashCode() {
    return Objects.hash(generation, phase, accessToken, refreshToken);
  }

  @Override
  public String toString() {
    return "TokenRecord[generation " + generation + ", " + phase + ", access " + Fingerprint.of(accessToken)
        + ", refresh " + Fingerprint.of(refreshToken) + ", expires at " + expiresAt
        + (phase == Phase.IN_FLIGHT ? ", attempt " + attempts + " by " + owner : "") + "]";
  }

  /** Collects the parts of a {@link TokenRecord}. Not thread-safe. */
  public static final class Builder {
    private long generation = 1;
    private String seed;
    private String accessToken;
    private String refreshToken;
    private long expiresAt;
    private long lifetime;
    private Phase phase = Phase.IDLE;
    private String spentHash;
    private long fence;
    private String owner;
    private long leaseUntil;
    private long sentAt;
    private int attempts;

    private Builder() {}

    private Builder(TokenRecord r) {
      this.generation = r.generation;
      this.seed = r.seed;
      this.accessToken = r.accessToken;
      this.refreshToken = r.refreshToken;
      this.expiresAt = r.expiresAt;
      this.lifetime = r.lifetime;
      this.phase = r.phase;
      this.spentHash = r.spentHash;
      this.fence = r.fence;
      this.owner = r.owner;
      this.leaseUntil = r.leaseUntil;
      this.sentAt = r.sentAt;
      this.attempts = r.attempts;
    }

    /** See {@link TokenRecord#generation()}. */
    public Builder generation(long value) {
      generation = value;
      return this;
    }

    /** See {@link TokenRecord#seed()}. */
    public Builder seed(String hash) {
      seed = hash;
      return this;
    }

    /** Either may be null. */
    public Builder tokens(String access, String refresh) {
      accessToken = access;
      refreshToken = refresh;
      return this;
    }

    /** When the access token expires, in milliseconds since 1970, and how long it lived when it was new. */
    public Builder expiry(long at, long lifetimeMillis) {
      expiresAt = at;
      lifetime = lifetimeMillis;
      return this;
    }

    /** See {@link TokenRecord#phase()}; the hash is of the refresh token that it is about, or null. */
    public Builder phase(Phase value, String hash) {
      phase = value;
      spentHash = hash;
      return this;
    }

    /** See {@link TokenRecord#fence()}. */
    public Builder fence(long value) {
      fence = value;
      return this;
    }

    /** Who may spend until when; null and 0 outside a flight. */
    public Builder lease(String by, long until) {
      owner = by;
      leaseUntil = until;
      return this;
    }

    /** When the refresh was first sent, in milliseconds since 1970, and how often it has been. */
    public Builder sent(long firstAt, int times) {
      sentAt = firstAt;
      attempts = times;
      return this;
    }

    /** The record. */
    public TokenRecord build() {
      return new TokenRecord(this);
    }
  }
}
