package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.ComplexFuture;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.everbearer.Origin;
import org.junit.jupiter.api.Test;

/** Orders of events that cannot be brought about from outside with certainty. */
class AsyncBearerTokenExecHandlerTest {
  private final List<HttpRequest> sent = new ArrayList<>();
  private final List<AsyncExecCallback> attempts = new ArrayList<>();
  private final List<Object> outcome = new ArrayList<>();
  private final ComplexFuture<Object> future = new ComplexFuture<>(null);
  private final HttpRequest original = BasicRequestBuilder.get("https://api.example.com/a").build();

  private final AsyncExecCallback caller = new AsyncExecCallback() {
    @Override
    public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails details) {
      outcome.add(response.getCode());
      return null;
    }

    @Override
    public void handleInformationResponse(HttpResponse response) {}

    @Override
    public void completed() {
      outcome.add("completed");
    }

    @Override
    public void failed(Exception cause) {
      outcome.add(cause);
    }
  };

  private AsyncExecChain.Scope scope() {
    AsyncExecRuntime runtime = (AsyncExecRuntime) Proxy.newProxyInstance(
        getClass().getClassLoader(), new Class<?>[] {AsyncExecRuntime.class}, (proxy, method, arguments) -> {
          if (method.getName().matches("releaseEndpoint|discardEndpoint")) return null;
          throw new UnsupportedOperationException(method.getName());
        });
    HttpRoute route = new HttpRoute(new HttpHost("https", "api.example.com", 443));
    return new AsyncExecChain.Scope(
        "ex-1", route, original, future, HttpClientContext.create(), runtime, null, new AtomicInteger(1));
  }

  private void execute(ScriptedTokenSource source, HttpRequest request) throws Exception {
    execute(OutboundTokens.of(source, Origin.parse("https://api.example.com")), request);
  }

  private void execute(OutboundTokens tokens, HttpRequest request) throws Exception {
    new AsyncBearerTokenExecHandler(tokens).execute(request, null, scope(), (r, body, scope, callback) -> {
      sent.add(r);
      attempts.add(callback);
    }, caller);
  }

  private HttpRequest copy() {
    return BasicRequestBuilder.copy(original).build();
  }

  @Test
  void originalRequest_isNeverChanged() throws Exception {
    execute(ScriptedTokenSource.valid("t"), original);
    assertFalse(original.containsHeader("Authorization"));
    assertNotSame(original, sent.get(0));
    assertEquals("Bearer t-1", sent.get(0).getFirstHeader("Authorization").getValue());
  }

  @Test
  void nobodyBound_failsTheCallbackSoThatHttpClientReleasesWhatTheExchangeHolds() throws Exception {
    execute(new UserTokens(Origin.parse("https://api.example.com")), copy());
    assertInstanceOf(NoTokenException.class, outcome.get(0));
    assertEquals(List.of(), sent);
  }

  @Test
  void cancelledWhileWaiting_endsAtOnceAndIsNeverSent() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    ScriptedTokenSource source = ScriptedTokenSource.expired("t").onRefresh(() -> {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    execute(source, copy());
    assertEquals(List.of(), outcome);
    future.cancel();
    assertEquals(1, outcome.size());
    assertInstanceOf(CancellationException.class, outcome.get(0));
    goOn.countDown();
    source.accessToken();
    assertEquals(1, outcome.size());
    assertEquals(List.of(), sent);
  }

  @Test
  void cancelledWhileTheRejectionIsRead_isNotRepeated() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    execute(source, copy());
    assertNull(attempts.get(0).handleResponse(new BasicHttpResponse(401), null));
    // The new token is there, so that nothing but the cancellation is in the way.
    source.accessToken();
    future.cancel();
    attempts.get(0).completed();
    assertEquals(1, sent.size());
    assertEquals(1, outcome.size());
    assertInstanceOf(CancellationException.class, outcome.get(0));
  }

  @Test
  void lateEventsOfTheFirstAttempt_areVoid() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    execute(source, copy());
    AsyncExecCallback first = attempts.get(0);
    first.handleResponse(new BasicHttpResponse(401), null);
    // Another exchange had it refreshed meanwhile, so that the second attempt begins at once.
    source.invalidate("t-1");
    source.accessToken();
    first.completed();
    first.completed();
    first.failed(new IOException("connection reset"));
    assertEquals(2, sent.size());
    assertEquals(List.of(), outcome);
    attempts.get(1).handleResponse(new BasicHttpResponse(200), null);
    attempts.get(1).completed();
    assertEquals(List.of(200, "completed"), outcome);
  }

  @Test
  void failedFirst_rejectionThatComesLateIsNotRepeated() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    execute(source, copy());
    AsyncExecCallback first = attempts.get(0);
    first.failed(new IOException("cancelled"));
    first.handleResponse(new BasicHttpResponse(401), null);
    source.accessToken();
    first.completed();
    assertEquals(1, sent.size());
    assertEquals(1, outcome.size());
  }
}
