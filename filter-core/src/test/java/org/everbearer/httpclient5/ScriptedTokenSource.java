package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.AccessToken;
import org.everbearer.TestAccessTokens;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/**
 * A source of tokens {@code name-1}, {@code name-2} and so on: one refresh for all who wait. A test may hold back the
 * refresh, make it fail, or give it work to do.
 */
final class ScriptedTokenSource implements TokenSource {
  /** What a refresh does before the next token is there. */
  interface Refresh {
    void run() throws IOException;
  }

  final AtomicInteger refreshes = new AtomicInteger();
  final AtomicInteger rejections = new AtomicInteger();
  final AtomicInteger asked = new AtomicInteger();
  private final String name;
  private final Object lock = new Object();
  private Refresh refresh = () -> {};
  private boolean sameTokenAgain;
  private AccessToken current;
  private CompletableFuture<AccessToken> pending;

  private ScriptedTokenSource(String name) {
    this.name = name;
  }

  static ScriptedTokenSource valid(String name) {
    ScriptedTokenSource source = new ScriptedTokenSource(name);
    source.current = TestAccessTokens.of(name + "-1");
    return source;
  }

  static ScriptedTokenSource expired(String name) {
    return new ScriptedTokenSource(name);
  }

  ScriptedTokenSource onRefresh(Refresh work) {
    refresh = work;
    return this;
  }

  ScriptedTokenSource refreshBringsTheSameToken() {
    sameTokenAgain = true;
    return this;
  }

  @Override
  public AccessToken accessToken() throws TokenException {
    try {
      return accessTokenAsync().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TokenException(TokenException.Reason.INTERRUPTED, "interrupted");
    } catch (ExecutionException e) {
      throw (TokenException) e.getCause();
    }
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    synchronized (lock) {
      asked.incrementAndGet();
      if (current != null) return CompletableFuture.completedFuture(current);
      if (pending == null) {
        pending = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(pending), "test-refresh");
        thread.setDaemon(true);
        thread.start();
      }
      return pending.copy();
    }
  }

  private void run(CompletableFuture<AccessToken> result) {
    int number = refreshes.incrementAndGet() + 1;
    AccessToken token = null;
    TokenException failure = null;
    try {
      refresh.run();
      token = TestAccessTokens.of(name + "-" + (sameTokenAgain ? 1 : number));
    } catch (TokenException e) {
      failure = e;
    } catch (IOException | RuntimeException e) {
      failure = new TokenException(TokenException.Reason.TRANSIENT, "refresh failed", e);
    }
    synchronized (lock) {
      current = token;
      pending = null;
    }
    if (failure == null) {
      result.complete(token);
    } else {
      result.completeExceptionally(failure);
    }
  }

  @Override
  public AccessToken accessTokenNow() {
    synchronized (lock) {
      return current;
    }
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    synchronized (lock) {
      if (current != null && current.value().equals(rejectedToken)) {
        current = null;
        rejections.incrementAndGet();
      }
      return true;
    }
  }

  @Override
  public boolean isExpired() {
    return accessTokenNow() == null;
  }
}
