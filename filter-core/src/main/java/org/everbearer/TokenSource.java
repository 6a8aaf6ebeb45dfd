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
   * Tells that a resource server answered 401 to this token. Only if it is still the current one is it given up, so a
   * late report about an older token changes nothing; the next {@link #token()} then refreshes.
   *
   * @return whether a different token can now be had, so that one replay makes sense
   */
  boolean invalidate(String rejectedToken);

  /** Whether no valid token is held at this moment. Does no I/O and starts nothing. */
  boolean isExpired();
}
