package org.everbearer.httpclient5;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;

/** A classic caller's thread waits for a token, until the token is there or the request is aborted. */
final class ClassicTokenWait {
  private static final long LOOK_MILLIS = 50;

  private ClassicTokenWait() {}

  /** Returns what the future brings, perhaps null. Never once the request is aborted: HttpClient trips over that. */
  static AccessToken forToken(CompletableFuture<AccessToken> pending, ExecChain.Scope scope)
      throws NoTokenException, RequestFailedException {
    try {
      AccessToken token = await(pending, scope);
      if (scope.execRuntime.isExecutionAborted()) throw aborted(null);
      return token;
    } catch (CancellationException e) {
      if (scope.execRuntime.isExecutionAborted()) throw aborted(null);
      throw NoTokenException.of(e);
    } catch (InterruptedException e) {
      pending.cancel(false);
      Thread.currentThread().interrupt();
      throw new NoTokenException(new TokenException(TokenException.Reason.INTERRUPTED,
          "interrupted while waiting for a token; the refresh goes on"));
    } catch (ExecutionException e) {
      throw NoTokenException.of(e);
    }
  }

  private static AccessToken await(CompletableFuture<AccessToken> pending, ExecChain.Scope scope)
      throws InterruptedException, ExecutionException {
    if (scope.originalRequest instanceof CancellableDependency) {
      // The caller's own request, whose abortion reaches whatever it depends on at that time.
      ((CancellableDependency) scope.originalRequest).setDependency(() -> pending.cancel(false));
      return pending.get();
    }
    // After a redirect it is a copy that nobody aborts. HttpClient tells of the caller's abortion only who asks.
    return lookingUp(pending, scope.execRuntime);
  }

  private static AccessToken lookingUp(CompletableFuture<AccessToken> pending, ExecRuntime runtime)
      throws InterruptedException, ExecutionException {
    while (true) {
      if (runtime.isExecutionAborted()) pending.cancel(false);
      try {
        return pending.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // Look again.
      }
    }
  }

  /** @param cause what HttpClient made of the abortion, or null */
  static RequestFailedException aborted(Throwable cause) {
    return new RequestFailedException("Request aborted", cause);
  }
}
