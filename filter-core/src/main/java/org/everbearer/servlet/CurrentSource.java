package org.everbearer.servlet;

import java.util.concurrent.CompletableFuture;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** One client's tokens for whoever calls: each call finds out anew on whose behalf its thread works. */
final class CurrentSource implements TokenSource {
  private final DeclaredClient client;
  private final IdentityBinding binding;

  CurrentSource(DeclaredClient client, IdentityBinding binding) {
    this.client = client;
    this.binding = binding;
  }

  private TokenSource current() throws TokenException {
    return client.source(binding.current());
  }

  private TokenSource currentForCall() throws TokenException {
    return client.sourceForCall(binding.current());
  }

  @Override
  public AccessToken accessToken() throws TokenException {
    return currentForCall().accessToken();
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    try {
      return currentForCall().accessTokenAsync();
    } catch (TokenException e) {
      CompletableFuture<AccessToken> failed = new CompletableFuture<>();
      failed.completeExceptionally(e);
      return failed;
    }
  }

  @Override
  public AccessToken accessTokenNow() {
    try {
      return current().accessTokenNow();
    } catch (TokenException none) {
      return null;
    }
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    return invalidate(rejectedToken, null);
  }

  @Override
  public boolean invalidate(String rejectedToken, String said) {
    try {
      return current().invalidate(rejectedToken, said);
    } catch (TokenException none) {
      return false;
    }
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    return replacementFor(rejectedToken, null);
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken, String said) {
    try {
      return current().replacementFor(rejectedToken, said);
    } catch (TokenException none) {
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void accepted(AccessToken token) {
    try {
      current().accepted(token);
    } catch (TokenException none) {
      TokenSource.super.accepted(token);
    }
  }

  @Override
  public boolean isExpired() {
    if (!client.isRunning()) return true;
    try {
      return current().isExpired();
    } catch (TokenException none) {
      return true;
    }
  }
}
