package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.everbearer.AccessToken;
import org.everbearer.Origin;
import org.everbearer.TestAccessTokens;
import org.everbearer.TokenException;
import org.junit.jupiter.api.Test;

/** What cannot be brought about from outside with certainty. */
class BearerTokenExecHandlerTest {
  private final List<ClassicHttpRequest> sent = new ArrayList<>();
  private volatile boolean aborted;

  private ExecChain.Scope scope(ClassicHttpRequest original) {
    ExecRuntime runtime = (ExecRuntime) Proxy.newProxyInstance(
        getClass().getClassLoader(), new Class<?>[] {ExecRuntime.class}, (proxy, method, arguments) ->
            switch (method.getName()) {
              case "isExecutionAborted" -> aborted;
              case "releaseEndpoint", "discardEndpoint" -> null;
              default -> throw new UnsupportedOperationException(method.getName());
            });
    HttpRoute route = new HttpRoute(new HttpHost("https", "api.example.com", 443));
    return new ExecChain.Scope("ex-1", route, original, runtime, HttpClientContext.create());
  }

  private static BearerTokenExecHandler handler(ScriptedTokenSource source) {
    return new BearerTokenExecHandler(OutboundTokens.of(source, Origin.parse("https://api.example.com")));
  }

  private BasicClassicHttpResponse answer(ClassicHttpRequest request, int status) {
    sent.add(request);
    return new BasicClassicHttpResponse(status);
  }

  @Test
  void originalRequest_isNeverChanged() throws Exception {
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    handler(ScriptedTokenSource.valid("t")).execute(original, scope(original), (r, s) -> answer(r, 200));
    assertFalse(original.containsHeader("Authorization"));
    assertNotSame(original, sent.get(0));
    assertEquals("Bearer t-1", sent.get(0).getFirstHeader("Authorization").getValue());
  }

  @Test
  void requestThatHttpClientCopiedAlready_isNotCopiedAgain() throws Exception {
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    ClassicHttpRequest copy = ClassicRequestBuilder.copy(original).build();
    handler(ScriptedTokenSource.valid("t")).execute(copy, scope(original), (r, s) -> answer(r, 200));
    assertSame(copy, sent.get(0));
  }

  @Test
  void sameRequestProceededWithAgain_carriesTheTokenOfNow() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    BearerTokenExecHandler handler = handler(source);
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    ClassicHttpRequest copy = ClassicRequestBuilder.copy(original).build();
    handler.execute(copy, scope(original), (r, s) -> answer(r, 200));
    source.expire();
    handler.execute(copy, scope(original), (r, s) -> answer(r, 200));
    assertEquals("Bearer t-2", copy.getFirstHeader("Authorization").getValue());
    assertEquals(1, copy.countHeaders("Authorization"));
  }

  @Test
  void abortedAfterARejection_doesNotWaitForTheReplacement() {
    CompletableFuture<AccessToken> never = new CompletableFuture<>();
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(rejected -> never);
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    assertThrows(RequestFailedException.class, () ->
        handler(source).execute(ClassicRequestBuilder.copy(original).build(), scope(original), (r, s) -> {
          aborted = true;
          return answer(r, 401);
        }));
    assertTrue(never.isCancelled(), "the wait was given up");
    assertEquals(1, sent.size());
  }

  @Test
  void abortedJustWhenTheTokenComes_isNotSent() {
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(rejected -> {
      CompletableFuture<AccessToken> pending = new CompletableFuture<>();
      new Thread(() -> {
        aborted = true;
        pending.complete(TestAccessTokens.of("t-2"));
      }).start();
      return pending;
    });
    assertThrows(RequestFailedException.class, () -> handler(source).execute(
        ClassicRequestBuilder.copy(original).build(), scope(original), (r, s) -> answer(r, 401)));
    assertEquals(1, sent.size());
  }

  @Test
  void abortionThatTakesTheConnectionFromUnderTheChainsFeet_isCalledAnAbortion() {
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    RequestFailedException thrown = assertThrows(RequestFailedException.class, () -> handler(source).execute(
        ClassicRequestBuilder.copy(original).build(), scope(original), (r, s) -> {
          aborted = true;
          throw new IllegalStateException("Endpoint not acquired / already released");
        }));
    assertInstanceOf(IllegalStateException.class, thrown.getCause());
  }

  @Test
  void otherFailuresOfTheChain_areLeftAlone() {
    ClassicHttpRequest original = ClassicRequestBuilder.get("https://api.example.com/a").build();
    IllegalStateException failure = new IllegalStateException("Connection pool shut down");
    assertSame(failure, assertThrows(IllegalStateException.class, () -> handler(ScriptedTokenSource.valid("t")).execute(
        ClassicRequestBuilder.copy(original).build(), scope(original), (r, s) -> {
          throw failure;
        })));
  }

  @Test
  void interruptedWhileItWaits_failsWithTheFlagSet() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    ScriptedTokenSource source = ScriptedTokenSource.expired("t").onRefresh(() -> WaitContract.await(goOn));
    Thread.currentThread().interrupt();
    NoTokenException failure = assertThrows(NoTokenException.class, () -> {
      HttpGet original = new HttpGet("https://api.example.com/a");
      handler(source).execute(ClassicRequestBuilder.copy(original).build(), scope(original), (r, s) -> answer(r, 200));
    });
    assertTrue(Thread.interrupted());
    assertEquals(TokenException.Reason.INTERRUPTED, ((TokenException) failure.getCause()).reason());
    assertEquals(List.of(), sent);
    goOn.countDown();
    assertEquals("t-2", source.accessToken().value(), "the refresh has gone on");
  }
}
