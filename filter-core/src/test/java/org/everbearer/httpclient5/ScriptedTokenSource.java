package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
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
  final AtomicInteger replacementsAsked = new AtomicInteger();
  final List<String> accepted = new CopyOnWriteArrayList<>();
  /** What the resource server said with each rejection. */
  final List<String> said = new CopyOnWriteArrayList<>();
  private final String name;
  private final Object lock = new Object();
  private Refresh refresh = () -> {};
  private Function<String, CompletableFuture<AccessToken>> replacement;
  private Consumer<AccessToken> acceptance = token -> {};
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

  /** From now on a rejected token gets this, and no refresh. */
  ScriptedTokenSource onRejection(Function<String, CompletableFuture<AccessToken>> answer) {
    replacement = answer;
    return this;
  }

  void onAcceptance(Consumer<AccessToken> action) {
    acceptance = action;
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
      return refreshing();
    }
  }

  /** Under {@link #lock}: a refresh that is on its way is joined. */
  private CompletableFuture<AccessToken> refreshing() {
    if (pending == null) {
      CompletableFuture<AccessToken> result = new CompletableFuture<>();
      pending = result;
      Thread thread = new Thread(() -> run(result), "test-refresh");
      thread.setDaemon(true);
      thread.start();
    }
    return pending.copy();
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
      if (token != null || !failure.reason().retryable()) current = token;
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

  /** The token is over: who wants one waits for the next. */
  void expire() {
    synchronized (lock) {
      current = null;
    }
  }

  /** Until the refresh that is on its way, if any, has ended. */
  void awaitRefresh() throws Exception {
    CompletableFuture<AccessToken> last;
    synchronized (lock) {
      last = pending == null ? null : pending.copy();
    }
    if (last != null) last.get(20, TimeUnit.SECONDS);
  }

  @Override
  public boolean invalidate(String rejectedToken, String challenge) {
    said.add(challenge);
    return invalidate(rejectedToken);
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken, String challenge) {
    said.add(challenge);
    return replacementFor(rejectedToken);
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    synchronized (lock) {
      if (current != null && current.value().equals(rejectedToken)) {
        if (pending == null) rejections.incrementAndGet();
        refreshing();
      }
      return true;
    }
  }

  /** The suspect is served until there is another token. */
  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    replacementsAsked.incrementAndGet();
    if (replacement != null) return replacement.apply(rejectedToken);
    CompletableFuture<AccessToken> next;
    synchronized (lock) {
      invalidate(rejectedToken);
      if (current != null && !current.value().equals(rejectedToken)) return CompletableFuture.completedFuture(current);
      next = refreshing();
    }
    return next.handle((token, failure) -> {
      if (failure == null) return token.value().equals(rejectedToken) ? null : token;
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (((TokenException) cause).reason().retryable()) return null;
      throw new CompletionException(cause);
    });
  }

  @Override
  public void accepted(AccessToken token) {
    acceptance.accept(token);
    accepted.add(token.value());
    TokenSource.super.accepted(token);
  }

  @Override
  public boolean isExpired() {
    return accessTokenNow() == null;
  }
}
