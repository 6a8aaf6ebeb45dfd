package org.everbearer.runner.check;

import java.time.Duration;
import java.util.Set;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/** Lets the coordinator ask until there is one answer, and keeps that, so that it cannot be lost. Thread-safe. */
final class OneAnswer implements TokenRefresher {
  /** After which the same question may be asked again: there was no answer. */
  private static final Set<Reason> UNANSWERED = Set.of(Reason.AMBIGUOUS);

  private final TokenRefresher asked;
  private volatile boolean answered;
  private volatile TokenSet before;
  private volatile TokenSet answer;
  private volatile String rotatedRefreshToken;

  OneAnswer(TokenRefresher asked) {
    this.asked = asked;
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    if (answered) throw new TokenException(Reason.NOT_SENT, "the check asks once");
    before = current;
    try {
      answer = asked.refresh(current);
      answered = true;
      return answer;
    } catch (TokenException e) {
      rotatedRefreshToken = e.rotatedRefreshToken();
      answered = !UNANSWERED.contains(e.reason());
      throw e;
    }
  }

  /** Null if there was none that could be used. */
  TokenSet answer() {
    return answer;
  }

  /** Whether the refresh token that was presented has a successor. */
  boolean rotated() {
    String after = newRefreshToken();
    return after != null && (before == null || !after.equals(before.refreshToken()));
  }

  /** What would be lost with this process if it were saved nowhere; null if nothing. */
  TokenSet toBeSaved() {
    if (!rotated()) return null;
    return TokenSet.of(answer == null ? null : answer.accessToken(), newRefreshToken());
  }

  private String newRefreshToken() {
    return answer == null ? rotatedRefreshToken : answer.refreshToken();
  }

  @Override
  public boolean spendsRefreshToken() {
    return asked.spendsRefreshToken();
  }

  @Override
  public Duration attemptTimeout() {
    return asked.attemptTimeout();
  }

  @Override
  public void close() {
    asked.close();
  }
}
