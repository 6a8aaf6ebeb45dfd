package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpException;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** One exchange that waits for a token: it ends once, by the token, by a failure, or by the caller's cancellation. */
final class TokenWait implements Cancellable {
  /** What goes on when the token is there, on whatever thread brought it. */
  interface Continuation {
    void proceed(AccessToken token) throws HttpException, IOException;
  }

  private final AtomicBoolean ended = new AtomicBoolean();
  private final CompletableFuture<AccessToken> pending;
  private final AsyncExecCallback callback;
  private final Continuation continuation;

  private TokenWait(
      CompletableFuture<AccessToken> pending, AsyncExecCallback callback, Continuation continuation) {
    this.pending = pending;
    this.callback = callback;
    this.continuation = continuation;
  }

  /** Holds no connection while it waits: the refresh may need it. */
  static void forToken(
      TokenSource source, AsyncExecChain.Scope scope, AsyncExecCallback callback, Continuation continuation) {
    scope.execRuntime.releaseEndpoint();
    TokenWait wait = new TokenWait(source.accessTokenAsync(), callback, continuation);
    // First this, for the continuation puts its own dependency there. An exchange already cancelled cancels at once.
    scope.cancellableDependency.setDependency(wait);
    wait.pending.whenComplete(wait::complete);
  }

  private void complete(AccessToken token, Throwable failure) {
    if (!ended.compareAndSet(false, true)) return;
    if (failure != null) {
      callback.failed(asException(failure));
      return;
    }
    try {
      continuation.proceed(token);
    } catch (HttpException | IOException | RuntimeException e) {
      callback.failed(e);
    }
  }

  @Override
  public boolean cancel() {
    if (!ended.compareAndSet(false, true)) return false;
    // Abandons the wait, never the refresh.
    pending.cancel(false);
    callback.failed(aborted());
    return true;
  }

  /** Not an IOException, for a retry strategy might take that up again. */
  static Exception aborted() {
    return new CancellationException("Request aborted");
  }

  private static Exception asException(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause() : failure;
    if (cause instanceof TokenException) return new NoTokenException((TokenException) cause);
    return cause instanceof Exception ? (Exception) cause : new HttpException("No token", cause);
  }
}
