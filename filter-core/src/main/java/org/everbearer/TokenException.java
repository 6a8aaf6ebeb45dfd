package org.everbearer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Why there is no token. An {@link IOException}, so that code which calls an API needs no further catch; the message
 * holds no token and names the remedy where there is one.
 */
public final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;
  /** A chain of causes may be a circle. */
  private static final int LONGEST_CHAIN = 50;

  /** What kind of failure it was, and so what follows from it. */
  public enum Reason {
    /** The request did not reach the token endpoint (DNS, connect, TLS): repeating it is always safe. */
    NOT_SENT(true),
    /**
     * The endpoint answered that it cannot serve now (408, 425, 429, an unexpected page, a 5xx but those of
     * {@link #AMBIGUOUS}): repeated after a pause.
     */
    TRANSIENT(true),
    /**
     * Sent, but no readable answer of the endpoint came; or a gateway lost it (502, 504, 520, 524, 598, 599): the refresh
     * token may be spent. Replayed as the server's grace allows.
     */
    AMBIGUOUS(true),
    /** The refresh token is dead ({@code invalid_grant}): only new tokens help. */
    REJECTED(false),
    /** The answer asks for the user (a second factor, single sign-on, an organisation): the tokens are kept. */
    NEEDS_USER(false),
    /** The endpoint refused the client or the request: the configuration must change. The tokens are kept. */
    CONFIGURATION(false),
    /** There is no token for this identity: nobody has signed in, or the tokens were cleared. */
    NO_TOKENS(false),
    /** The token store cannot be read or written. */
    STORE(true),
    /** The refresh took longer than the caller may wait; it goes on. */
    TIMEOUT(true),
    /** The waiting thread was interrupted; the refresh goes on. */
    INTERRUPTED(true),
    /** The client was shut down. */
    CLOSED(false);

    private final boolean retryable;

    Reason(boolean retryable) {
      this.retryable = retryable;
    }

    /** Whether the same call may succeed later with nothing done by a person. */
    public boolean retryable() {
      return retryable;
    }
  }

  private final Reason reason;
  private final transient Duration retryAfter;
  private final transient Instant nextTry;
  private final transient String rotatedRefreshToken;

  /** @param message must not hold a token or a secret: it is logged */
  public TokenException(Reason reason, String message) {
    this(reason, message, null, null, null, null);
  }

  /** @param message must not hold a token or a secret: it is logged, as the cause's is */
  public TokenException(Reason reason, String message, Throwable cause) {
    this(reason, message, cause, null, null, null);
  }

  private TokenException(Reason reason, String message, Throwable cause, Duration retryAfter, Instant nextTry,
      String rotatedRefreshToken) {
    super(message, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.nextTry = nextTry;
    this.rotatedRefreshToken = rotatedRefreshToken;
  }

  /** A copy with the pause that the server asked for ({@code Retry-After}, RFC 9110 §10.2.3). */
  public TokenException withRetryAfter(Duration pause) {
    return copyOfTrace(new TokenException(reason, getMessage(), getCause(), pause, nextTry, rotatedRefreshToken));
  }

  /**
   * A copy that also hands over a new refresh token: the server has rotated, though its answer gave no access token that
   * may be used (it failed verification, say). The coordinator saves it, so that the family is not lost.
   */
  public TokenException withRotatedRefreshToken(String refreshToken) {
    return copyOfTrace(new TokenException(reason, getMessage(), getCause(), retryAfter, nextTry, refreshToken));
  }

  /** The new refresh token of {@link #withRotatedRefreshToken}, or null. What callers get holds none. */
  public String rotatedRefreshToken() {
    return rotatedRefreshToken;
  }

  private TokenException copyOfTrace(TokenException copy) {
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /**
   * A copy for one more caller: its own stack trace, and this failure as cause.
   *
   * @param next when the next attempt will be made, or null
   */
  public TokenException forCaller(String message, Instant next) {
    return new TokenException(reason, message, this, retryAfter, next, null);
  }

  /**
   * The failure behind what an HTTP library has thrown: {@code thrown} itself or the first of its causes that is one;
   * null if there is none. With HttpClient it is found behind a {@code ClientProtocolException}.
   */
  public static TokenException in(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++, cause = cause.getCause()) {
      if (cause instanceof TokenException) return (TokenException) cause;
    }
    return null;
  }

  /** Why there is no token. */
  public Reason reason() {
    return reason;
  }

  /** The pause that the server asked for, or null. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** When the next attempt will be made, by the local clock; null when nothing is planned. */
  public Instant nextTry() {
    return nextTry;
  }
}
