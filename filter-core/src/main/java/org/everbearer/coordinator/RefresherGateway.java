package org.everbearer.coordinator;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The only way to the refresher: whatever it throws, and whatever it returns, comes as tokens or a {@link TokenException}.
 */
final class RefresherGateway {
  /** The longest one call takes; nanoseconds. */
  final long attempt;
  private final TokenRefresher refresher;
  private volatile boolean closing;

  RefresherGateway(TokenRefresher refresher) {
    this.refresher = refresher;
    Duration longest = refresher.attemptTimeout();
    if (longest == null || longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException(refresher.getClass().getName() + ".attemptTimeout() must be positive, but is "
          + longest);
    }
    this.attempt = Nanos.of(longest);
  }

  /** Whether a call spends a refresh token. */
  boolean spendsRefreshToken() {
    return refresher.spendsRefreshToken();
  }

  /**
   * One call of the token endpoint.
   *
   * @param presented null if there are no tokens yet
   */
  TokenSet ask(TokenSet presented) throws TokenException {
    TokenSet answer;
    try {
      answer = refresher.refresh(presented);
    } catch (TokenException e) {
      boolean says = e.reason() != Reason.CLOSED && e.reason() != Reason.INTERRUPTED && e.reason() != Reason.TIMEOUT;
      if (says || closing) throw e;
      // Of what became of the request these say nothing: they are a caller's and the client's own.
      throw new TokenException(Reason.AMBIGUOUS, e.getMessage(), e);
    } catch (Throwable anything) {
      throw new TokenException(Reason.AMBIGUOUS, refresher.getClass().getName() + " failed with "
          + anything.getClass().getName(), anything);
    } finally {
      // What is left of an interrupt was meant for the call. Saving its result must not suffer from it.
      Thread.interrupted();
    }
    if (answer != null && answer.accessToken() != null) return answer;
    TokenException none = new TokenException(Reason.TRANSIENT, refresher.getClass().getName() + " returned no access token");
    throw answer == null ? none : none.withRotatedRefreshToken(answer.refreshToken());
  }

  /** From now on a refresher that says that it was closed is believed. */
  void closing() {
    closing = true;
  }

  void close() {
    refresher.close();
  }
}
