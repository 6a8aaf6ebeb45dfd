package org.everbearer;

import java.util.concurrent.CompletableFuture;

/**
 * Where a valid access token comes from. A valid token costs a read; in the refresh margin the caller gets the old
 * token at once while a refresh runs behind it; once expired, callers wait for the one refresh that all of them share.
 *
 * <pre>{@code
 * String token = source.token();
 * Response reply = call(token);
 * if (reply.status() == 401 && source.invalidate(token)) reply = call(source.token());
 * }</pre>
 *
 * <p>Safe for use by any number of threads. No method holds a lock over I/O.
 */
public interface TokenSource {

  /**
   * A valid access token, waiting at most the configured {@code waitTimeout} for a refresh. This is the guide's
   * "get valid access token".
   *
   * @throws TokenException when none can be had: {@link TokenException#reason()} says why, and
   *     {@link TokenException#nextTry()} when the next attempt will be made. An interrupted wait throws it too, with the
   *     thread's interrupt flag set again; the refresh goes on
   */
  AccessToken accessToken() throws TokenException;

  /**
   * {@link #accessToken()}, as a string.
   *
   * @throws TokenException as {@link #accessToken()} does
   */
  default String token() throws TokenException {
    return accessToken().value();
  }

  /**
   * {@link #accessToken()} without blocking. The future fails with {@link TokenException}; cancelling it abandons the
   * wait and never the refresh. Dependent actions may run on a thread of the library: they must not block.
   */
  CompletableFuture<AccessToken> accessTokenAsync();

  /** {@link #accessTokenAsync()}, as a string. */
  default CompletableFuture<String> tokenAsync() {
    return accessTokenAsync().thenApply(AccessToken::value);
  }

  /** The token if one can be had without waiting, else null. Never throws; may start a refresh in the background. */
  AccessToken accessTokenNow();

  /**
   * Tells that a resource server answered 401 to this token (RFC 6750 §3.1). That is a suspicion, not a verdict: another
   * token is asked for, at once if the server had {@linkplain #accepted accepted} this one before, else with growing
   * pauses. Until there is another one, the suspect goes on being served to its end. A late report about an older token
   * changes nothing. Does not block.
   *
   * @return whether a different token can be had, now or from a refresh that is on its way, so that one repetition makes
   *     sense
   */
  boolean invalidate(String rejectedToken);

  /**
   * {@link #invalidate(String)}, with the resource server's words, which the log shows when it rejects new tokens too.
   *
   * @param said such as its challenge (RFC 6750 §3); may be null, may be hostile, and may repeat the token
   */
  default boolean invalidate(String rejectedToken, String said) {
    return invalidate(rejectedToken);
  }

  /**
   * {@link #invalidate(String)}, and then another token than the rejected one, without blocking: for who is about to repeat a
   * request.
   *
   * @return completes with another token; with null if there is none to be had for now or within {@code waitTimeout}, so
   *     that the resource server's answer is the caller's answer; or with the {@link TokenException} that says that the
   *     refresh token is dead as well, so that only signing in helps. Cancelling it abandons the wait and never the
   *     refresh. Dependent actions may run on a thread of the library: they must not block
   */
  default CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    if (!invalidate(rejectedToken)) return CompletableFuture.completedFuture(null);
    return accessTokenAsync().thenApply(token -> token.value().equals(rejectedToken) ? null : token);
  }

  /**
   * {@link #replacementFor(String)}, with the resource server's words.
   *
   * @param said as for {@link #invalidate(String, String)}
   */
  default CompletableFuture<AccessToken> replacementFor(String rejectedToken, String said) {
    return replacementFor(rejectedToken);
  }

  /**
   * Tells that a resource server has accepted the token: it answered with anything but a rejection of it. Worth telling
   * once per token, when {@link AccessToken#isAccepted()} is false. A token that was accepted and is rejected later has
   * probably been revoked, and is replaced at once.
   */
  default void accepted(AccessToken token) {
    token.markAccepted();
  }

  /** Whether no valid token is held at this moment. Does no I/O and starts nothing. */
  boolean isExpired();
}
