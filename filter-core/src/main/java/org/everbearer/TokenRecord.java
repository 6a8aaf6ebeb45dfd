package org.everbearer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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
    /** The tokens may be used, and {@link #spentHash()} names the refresh token from which they were made, if any. */
    IDLE,
    /** {@link #owner()} is spending, or has tried to spend, the refresh token {@link #spentHash()}. */
    IN_FLIGHT,
    /**
     * The server rejected the refresh token {@link #spentHash()}; the access token may still live. With no tokens at
     * all: they were cleared on purpose.
     */
    DEAD
  }

  /** Characters of a {@linkplain #markOf mark}, which is the beginning of a {@linkplain Fingerprint#hash hash}. */
  public static final int MARK_LENGTH = 20;

  private final long generation;
  private final List<String> origins;
  private final List<String> spent;
  private final String accessToken;
  private final String refreshToken;
  private final long expiresAt;
  private final long lifetime;
  private final Phase phase;
  private final String spentHash;
  private final long fence;
  private final String owner;
  private final String node;
  private final long leaseUntil;
  private final long leaseLength;
  private final long sentAt;
  private final int attempts;
  private final long purgeAfter;

  private TokenRecord(Builder b) {
    this.generation = b.generation;
    this.origins = b.origins;
    this.spent = b.spent;
    this.accessToken = b.accessToken;
    this.refreshToken = b.refreshToken;
    this.expiresAt = b.expiresAt;
    this.lifetime = b.lifetime;
    this.phase = Objects.requireNonNull(b.phase, "phase");
    this.spentHash = b.spentHash;
    this.fence = b.fence;
    this.owner = b.owner;
    this.node = b.node;
    this.leaseUntil = b.leaseUntil;
    this.leaseLength = b.leaseLength;
    this.sentAt = b.sentAt;
    this.attempts = b.attempts;
    this.purgeAfter = b.purgeAfter;
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

  /**
   * {@linkplain #markOf Marks} of the pairs from which families under this key began, the newest last. Unmodifiable. A
   * pair that is named here or in {@link #spent()} is not new, wherever it comes from.
   */
  public List<String> origins() {
    return origins;
  }

  /** {@linkplain #markOf Marks} of refresh tokens that were exchanged for others, the newest last. Unmodifiable. */
  public List<String> spent() {
    return spent;
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

  /** Who spends or, when idle, who refreshed last, if known: opaque, and another one for each refresh. */
  public String owner() {
    return owner;
  }

  /** What people call the node of the {@link #owner()}, or null. */
  public String node() {
    return node;
  }

  /** In flight: until when nobody else may spend, or 0. */
  public long leaseUntil() {
    return leaseUntil;
  }

  /**
   * In flight: how many milliseconds the owner wants to be left alone after this write. Whoever has watched the record
   * unchanged for so long may take over, whatever the clocks say. 0 if the owner did not tell.
   */
  public long leaseLength() {
    return leaseLength;
  }

  /** In flight: when the refresh token was presented first. */
  public long sentAt() {
    return sentAt;
  }

  /** In flight: how often the refresh token was, or is about to be, presented. */
  public int attempts() {
    return attempts;
  }

  /** Nobody is known to need the record after this moment; 0 while somebody may. */
  public long purgeAfter() {
    return purgeAfter;
  }

  /** {@linkplain Fingerprint#hash Hash} of the refresh token; the empty string if there is none. */
  public String refreshHash() {
    return refreshToken == null ? "" : Fingerprint.hash(refreshToken);
  }

  /** How {@link #origins()} and {@link #spent()} name a token: a part of its hash is enough to know it again. */
  public static String markOf(String token) {
    return Fingerprint.hash(token).substring(0, MARK_LENGTH);
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
        && leaseLength == that.leaseLength && purgeAfter == that.purgeAfter
        && phase == that.phase && Objects.equals(accessToken, that.accessToken)
        && Objects.equals(refreshToken, that.refreshToken) && Objects.equals(spentHash, that.spentHash)
        && Objects.equals(owner, that.owner) && Objects.equals(node, that.node)
        && origins.equals(that.origins) && spent.equals(that.spent);
  }

  @Override
  public int hashCode() {
    return Objects.hash(generation, phase, accessToken, refreshToken);
  }

  @Override
  public String toString() {
    return "TokenRecord[generation " + generation + ", " + phase + ", access " + Fingerprint.of(accessToken)
        + ", refresh " + Fingerprint.of(refreshToken) + ", expires at " + expiresAt
        + (phase == Phase.IN_FLIGHT ? ", attempt " + attempts + " by " + (node == null ? owner : node) : "") + "]";
  }

  /** Collects the parts of a {@link TokenRecord}. Not thread-safe. */
  public static final class Builder {
    private long generation = 1;
    private List<String> origins = Collections.emptyList();
    private List<String> spent = Collections.emptyList();
    private String accessToken;
    private String refreshToken;
    private long expiresAt;
    private long lifetime;
    private Phase phase = Phase.IDLE;
    private String spentHash;
    private long fence;
    private String owner;
    private String node;
    private long leaseUntil;
    private long leaseLength;
    private long sentAt;
    private int attempts;
    private long purgeAfter;

    private Builder() {}

    private Builder(TokenRecord r) {
      this.generation = r.generation;
      this.origins = r.origins;
      this.spent = r.spent;
      this.accessToken = r.accessToken;
      this.refreshToken = r.refreshToken;
      this.expiresAt = r.expiresAt;
      this.lifetime = r.lifetime;
      this.phase = r.phase;
      this.spentHash = r.spentHash;
      this.fence = r.fence;
      this.owner = r.owner;
      this.node = r.node;
      this.leaseUntil = r.leaseUntil;
      this.leaseLength = r.leaseLength;
      this.sentAt = r.sentAt;
      this.attempts = r.attempts;
      this.purgeAfter = r.purgeAfter;
    }

    /** See {@link TokenRecord#generation()}. */
    public Builder generation(long value) {
      generation = value;
      return this;
    }

    /** See {@link TokenRecord#origins()} and {@link TokenRecord#spent()}; the lists are copied. */
    public Builder history(Collection<String> originMarks, Collection<String> spentMarks) {
      origins = copy(originMarks);
      spent = copy(spentMarks);
      return this;
    }

    private static List<String> copy(Collection<String> marks) {
      return marks.isEmpty() ? Collections.emptyList() : Collections.unmodifiableList(new ArrayList<>(marks));
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

    /** Who may spend until when, and for how many milliseconds from this write; null and 0 outside a flight. */
    public Builder lease(String by, long until, long lengthMillis) {
      owner = by;
      leaseUntil = until;
      leaseLength = lengthMillis;
      return this;
    }

    /** {@link #lease(String, long, long)} of an owner who tells no length; {@code (by, 0)} holds nothing any more. */
    public Builder lease(String by, long until) {
      return lease(by, until, 0);
    }

    /** See {@link TokenRecord#node()}. */
    public Builder node(String name) {
      node = name;
      return this;
    }

    /** See {@link TokenRecord#purgeAfter()}. */
    public Builder purgeAfter(long millis) {
      purgeAfter = millis;
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
