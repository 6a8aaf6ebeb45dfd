package org.everbearer;

import java.time.Duration;

/**
 * One protocol for turning the current tokens into new ones. The coordinator calls it from a thread of its own, for one
 * identity at a time never concurrently, and never while holding a lock; it may block for as long as
 * {@link #attemptTimeout()} says.
 *
 * <p>An application's own protocol is a public class with a public no-argument constructor whose name is the value of
 * the {@code protocol} parameter:
 *
 * <pre>{@code
 * public final class LegacyRefresh implements TokenRefresher {
 *   public TokenSet refresh(TokenSet current) throws TokenException {
 *     Reply reply = post(current.refreshToken());
 *     if (reply.code == 42) throw new TokenException(TokenException.Reason.REJECTED, "refresh token expired");
 *     return TokenSet.of(reply.access, reply.refresh).expiresIn(Duration.ofSeconds(reply.seconds));
 *   }
 * }
 * }</pre>
 */
public interface TokenRefresher {

  /**
   * Asks for new tokens, once: no retries in here, the coordinator knows when a retry is safe.
   *
   * @param current the tokens held now; null when there are none, which only a refresher that
   *     {@linkplain #spendsRefreshToken() spends none} ever sees
   * @return the new tokens; a null refresh token keeps the old one (RFC 6749 §6)
   * @throws TokenException with the {@link TokenException.Reason} that decides what happens next. Anything else that is
   *     thrown counts as {@link TokenException.Reason#AMBIGUOUS}: the request may have reached the server
   */
  TokenSet refresh(TokenSet current) throws TokenException;

  /** Whether each call presents a refresh token that may be single-use. False for instance for client credentials. */
  default boolean spendsRefreshToken() {
    return true;
  }

  /** An upper bound for one call of {@link #refresh}, which the implementation enforces. Ten seconds by default. */
  default Duration attemptTimeout() {
    return Duration.ofSeconds(10);
  }

  /** Lets go of connections and threads. Called once, after the last refresh. */
  default void close() {}
}
