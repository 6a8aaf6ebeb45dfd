package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpException;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/** One exchange that waits for a token: it ends once, by the token, by a failure, or by the caller's cancellation. */
final class TokenWait implements Cancellable {
  /** What goes on when the token is there, on whatever thread brought it. */
  interface Continuation {
    void proceed(AccessToken token) throws HttpException, IOException;
  }

  private final AtomicBoolean ended = new AtomicBoolean();
  private final CompletableFuture<AccessToken> pending;
  private final AsyncExecChain.Scope scope;
  private final AsyncExecCallback callback;
  private final Continuation continuation;

  private TokenWait(CompletableFuture<AccessToken> pending, AsyncExecChain.Scope scope, AsyncExecCallback callback,
      Continuation continuation) {
    this.pending = pending;
    this.scope = scope;
    this.callback = callback;
    this.continuation = continuation;
  }

  /** Holds no connection while it waits: the refresh may need it. */
  static void forToken(
      TokenSource source, AsyncExecChain.Scope scope, AsyncExecCallback callback, Continuation continuation) {
    scope.execRuntime.releaseEndpoint();
    CompletableFuture<AccessToken> pending;
    try {
      pending = Promise.ofToken(source);
    } catch (Throwable e) {
      callback.failed(asException(e));
      return;
    }
    forToken(pending, scope, callback, token -> continuation.proceed(Promise.kept(token, source)));
  }

  /** For what has been promised already; the continuation gets what it brings, perhaps null. */
  static void forToken(CompletableFuture<AccessToken> pending, AsyncExecChain.Scope scope,
      AsyncExecCallback callback, Continuation continuation) {
    TokenWait wait = new TokenWait(pending, scope, callback, continuation);
    // First this, for the continuation puts its own dependency there. An exchange already cancelled cancels at once,
    // but not one that is cancelled just now.
    scope.cancellableDependency.setDependency(wait);
    if (scope.cancellableDependency.isCancelled()) wait.cancel();
    pending.whenComplete(wait::complete);
  }

  private void complete(AccessToken token, Throwable failure) {
    if (!ended.compareAndSet(false, true)) return;
    if (scope.cancellableDependency.isCancelled()) {
      // The attempt before, which is over, may have put its own dependency in the place of ours.
      callback.failed(aborted());
      return;
    }
    if (failure != null) {
      callback.failed(NoTokenException.of(failure));
      return;
    }
    try {
      continuation.proceed(token);
    } catch (Throwable e) {
      // Nobody else hears of it: the future keeps what its dependent actions throw.
      callback.failed(asException(e));
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

  /** What HttpClient can carry to the caller, and does not take up again. */
  static Exception asException(Throwable thrown) {
    if (thrown instanceof HttpException || thrown instanceof RuntimeException) return (Exception) thrown;
    return NoTokenException.of(thrown);
  }
}
