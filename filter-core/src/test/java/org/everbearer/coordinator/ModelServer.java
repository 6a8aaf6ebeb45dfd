package org.everbearer.coordinator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * What an identity server with rotation and reuse detection does, as a model: it remembers everything that was
 * presented to it, so that a test can ask what it saw.
 */
final class ModelServer {
  /** What happens to one call. */
  enum Fault { NONE, NOT_SENT, UNAVAILABLE, LOST_BEFORE_COMMIT, LOST_AFTER_COMMIT, CONFIGURATION, NEEDS_USER }

  final Deque<Fault> faults = new ArrayDeque<>();
  Fault always = Fault.NONE;
  Duration lifetime = Duration.ofSeconds(60);
  Duration grace = Duration.ZERO;
  /** Inside the grace each replay is answered with a new pair, which ends the one before (as WSO2 does). */
  boolean newPairPerReplay;
  boolean revokesOnReuse = true;
  Duration retryAfter;
  boolean omitRefreshToken;
  String fixedAccessToken;
  Duration tellLifetime;

  int calls;
  int commits;
  int graceReplays;
  boolean revoked;

  private final Ticker ticker;
  private int serial;
  private String current;
  private final Map<String, TokenSet> successor = new HashMap<>();
  private final Map<String, Long> spentAt = new HashMap<>();
  private final Map<String, Long> accessUntil = new HashMap<>();

  ModelServer(Ticker ticker) {
    this.ticker = ticker;
  }

  /** A new family: its first pair, the access token with its full lifetime ahead. */
  TokenSet signIn() {
    return issue();
  }

  /** Whether the server would accept the access token now. */
  boolean accepts(String accessToken) {
    Long until = accessUntil.get(accessToken);
    return !revoked && until != null && until - ticker.nanoTime() > 0;
  }

  /** Whether the server would accept the refresh token now, as the newest. */
  boolean standsBy(String refreshToken) {
    return !revoked && refreshToken.equals(current);
  }

  TokenRefresher refresher(Duration attempt) {
    return new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet presented) throws TokenException {
        return answer(presented);
      }

      @Override
      public Duration attemptTimeout() {
        return attempt;
      }
    };
  }

  private TokenSet answer(TokenSet presented) throws TokenException {
    Fault fault = faults.isEmpty() ? always : faults.poll();
    if (fault == Fault.NOT_SENT) throw new TokenException(Reason.NOT_SENT, "connection refused");
    calls++;
    switch (fault) {
      case UNAVAILABLE:
        throw later(new TokenException(Reason.TRANSIENT, "503"));
      case CONFIGURATION:
        throw later(new TokenException(Reason.CONFIGURATION, "invalid_client"));
      case NEEDS_USER:
        throw new TokenException(Reason.NEEDS_USER, "sso_required");
      case LOST_BEFORE_COMMIT:
        throw new TokenException(Reason.AMBIGUOUS, "read timed out");
      default:
        TokenSet answer = commit(presented.refreshToken());
        if (fault == Fault.LOST_AFTER_COMMIT) throw new TokenException(Reason.AMBIGUOUS, "connection reset");
        return answer;
    }
  }

  private TokenException later(TokenException refusal) {
    return retryAfter == null ? refusal : refusal.withRetryAfter(retryAfter);
  }

  private TokenSet commit(String refreshToken) throws TokenException {
    if (revoked) throw new TokenException(Reason.REJECTED, "invalid_grant");
    if (!refreshToken.equals(current)) {
      Long spent = spentAt.get(refreshToken);
      if (spent == null) throw new TokenException(Reason.REJECTED, "invalid_grant");
      if (ticker.nanoTime() - spent > grace.toNanos() || grace.isZero()) {
        revoked = revokesOnReuse;
        throw new TokenException(Reason.REJECTED, "invalid_grant: reuse detected");
      }
      graceReplays++;
      if (newPairPerReplay) successor.put(refreshToken, issue());
      return successor.get(refreshToken);
    }
    commits++;
    if (omitRefreshToken) {
      TokenSet next = issueAccess(null);
      return next;
    }
    TokenSet next = issue();
    spentAt.put(refreshToken, ticker.nanoTime());
    successor.put(refreshToken, next);
    return next;
  }

  private TokenSet issue() {
    current = "R" + ++serial;
    return issueAccess(current);
  }

  private TokenSet issueAccess(String refreshToken) {
    String access = fixedAccessToken != null ? fixedAccessToken : "A" + ++serial;
    accessUntil.put(access, ticker.nanoTime() + lifetime.toNanos());
    return TokenSet.of(access, refreshToken).expiresIn(tellLifetime == null ? lifetime : tellLifetime);
  }
}
