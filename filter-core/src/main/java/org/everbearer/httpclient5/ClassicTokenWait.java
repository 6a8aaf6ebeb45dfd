package org.everbearer.httpclient5;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** A classic caller's thread waits for a token, until the token is there or the request is aborted. */
final class ClassicTokenWait {
  private ClassicTokenWait() {}

  /** @param original the caller's own request, whose abortion reaches whatever it depends on at that time */
  static AccessToken forToken(TokenSource source, ClassicHttpRequest original)
      throws TokenException, RequestFailedException {
    // Such as ClassicRequestBuilder's, which nobody can abort.
    if (!(original instanceof CancellableDependency)) return source.accessToken();
    CompletableFuture<AccessToken> pending = source.accessTokenAsync();
    ((CancellableDependency) original).setDependency(() -> pending.cancel(false));
    try {
      return pending.get();
    } catch (CancellationException e) {
      throw aborted();
    } catch (InterruptedException e) {
      pending.cancel(false);
      Thread.currentThread().interrupt();
      throw new TokenException(TokenException.Reason.INTERRUPTED,
          "interrupted while waiting for a token; the refresh goes on");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TokenException) throw (TokenException) e.getCause();
      throw new TokenException(TokenException.Reason.TRANSIENT, "no token: " + e.getCause(), e.getCause());
    }
  }

  static RequestFailedException aborted() {
    return new RequestFailedException("Request aborted");
  }
}
