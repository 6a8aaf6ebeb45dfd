package org.everbearer.servlet;

import java.util.concurrent.CompletableFuture;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/** The inbound request's own token, passed on as it is: never stored, and never replaced. */
final class RelayedToken implements TokenSource {
  private final AccessToken token;

  RelayedToken(String token) {
    this.token = AccessToken.of(token);
  }

  @Override
  public AccessToken accessToken() {
    return token;
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    return CompletableFuture.completedFuture(token);
  }

  @Override
  public AccessToken accessTokenNow() {
    return token;
  }

  /** The caller's token is rejected: only the caller can bring another. */
  @Override
  public boolean invalidate(String rejectedToken) {
    return false;
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    return CompletableFuture.completedFuture(null);
  }

  /** That is for the servers to judge that the token is meant for. */
  @Override
  public boolean isExpired() {
    return false;
  }
}
