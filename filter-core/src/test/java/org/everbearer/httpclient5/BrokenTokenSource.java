package org.everbearer.httpclient5;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.everbearer.AccessToken;
import org.everbearer.TestAccessTokens;
import org.everbearer.TokenSource;

/** A source of an application's own with one mistake in it, until it is mended. */
final class BrokenTokenSource implements TokenSource {
  enum Fault {
    NOW_THROWS, NOW_THROWS_AN_ERROR, ASYNC_THROWS, ASYNC_THROWS_AN_ERROR, ASYNC_IS_NULL, ASYNC_BRINGS_NULL, ASYNC_FAILS,
    ASYNC_FAILS_WITH_AN_ERROR, REPLACEMENT_THROWS, REPLACEMENT_THROWS_AN_ERROR, REPLACEMENT_IS_NULL, REPLACEMENT_FAILS,
    REPLACEMENT_FAILS_WITH_AN_ERROR, ACCEPTED_THROWS, ACCEPTED_THROWS_AN_ERROR
  }

  private final Fault fault;
  private volatile boolean mended;

  BrokenTokenSource(Fault fault) {
    this.fault = fault;
  }

  void mend() {
    mended = true;
  }

  private <T> T brokenOr(String method, T right, Supplier<T> wrong) {
    if (mended || !fault.name().startsWith(method)) return right;
    if (fault.name().endsWith("_THROWS")) throw new IllegalArgumentException("broken");
    if (fault.name().endsWith("_THROWS_AN_ERROR")) throw new LinkageError("broken");
    return wrong.get();
  }

  private CompletableFuture<AccessToken> future(String method, AccessToken right) {
    return brokenOr(method, CompletableFuture.completedFuture(right), () -> {
      if (fault.name().endsWith("_IS_NULL")) return null;
      CompletableFuture<AccessToken> future = new CompletableFuture<>();
      new Thread(() -> {
        if (fault.name().endsWith("_BRINGS_NULL")) future.complete(null);
        if (fault.name().endsWith("_FAILS")) future.completeExceptionally(new IllegalArgumentException("broken"));
        future.completeExceptionally(new LinkageError("broken"));
      }, "test-broken-source").start();
      return future;
    });
  }

  @Override
  public AccessToken accessTokenNow() {
    AccessToken none = fault.name().startsWith("ASYNC") ? null : TestAccessTokens.of("t-1");
    return brokenOr("NOW", none, () -> null);
  }

  @Override
  public AccessToken accessToken() {
    throw new UnsupportedOperationException("it blocks");
  }

  @Override
  public CompletableFuture<AccessToken> accessTokenAsync() {
    return future("ASYNC", TestAccessTokens.of("t-1"));
  }

  @Override
  public boolean invalidate(String rejectedToken) {
    brokenOr("REPLACEMENT", null, () -> null);
    return true;
  }

  @Override
  public CompletableFuture<AccessToken> replacementFor(String rejectedToken) {
    return future("REPLACEMENT", TestAccessTokens.of("t-2"));
  }

  @Override
  public void accepted(AccessToken token) {
    brokenOr("ACCEPTED", null, () -> null);
  }

  @Override
  public boolean isExpired() {
    return false;
  }
}
