package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.ComplexFuture;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.everbearer.AccessToken;
import org.everbearer.Origin;
import org.everbearer.TestAccessTokens;
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
      return details == null ? null : new Recorder();
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

  private final class Recorder implements AsyncDataConsumer {
    @Override
    public void updateCapacity(CapacityChannel channel) {}

    @Override
    public void consume(ByteBuffer source) {
      outcome.add(StandardCharsets.UTF_8.decode(source).toString());
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
      outcome.add(trailers.stream().map(Object::toString).toList());
    }

    @Override
    public void releaseResources() {}
  }

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
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    execute(ScriptedTokenSource.valid("t").onRejection(rejected -> replacement), copy());
    assertNull(attempts.get(0).handleResponse(new BasicHttpResponse(401), null));
    // The new token is there, so that nothing but the cancellation is in the way.
    replacement.complete(TestAccessTokens.of("t-2"));
    future.cancel();
    attempts.get(0).completed();
    assertEquals(1, sent.size());
    assertEquals(1, outcome.size());
    assertInstanceOf(CancellationException.class, outcome.get(0));
  }

  /** As when the attempt before, which is over, registers itself only then. */
  @Test
  void cancelledWhileAnotherDependencyIsInTheWay_isNotRepeated() throws Exception {
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    execute(ScriptedTokenSource.valid("t").onRejection(rejected -> replacement), copy());
    attempts.get(0).handleResponse(new BasicHttpResponse(401), null);
    attempts.get(0).completed();
    future.setDependency(() -> false);
    future.cancel();
    replacement.complete(TestAccessTokens.of("t-2"));
    assertEquals(1, sent.size());
    assertEquals(1, outcome.size());
    assertInstanceOf(CancellationException.class, outcome.get(0));
  }

  /** Over HTTP/2 the request's end may complete the exchange while the 401's body is still on its way. */
  @Test
  void requestEndsBeforeTheBodyOfTheRejection_theBodyIsAwaited() throws Exception {
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    execute(ScriptedTokenSource.valid("t").onRejection(rejected -> replacement), copy());
    AsyncExecCallback first = attempts.get(0);
    AsyncDataConsumer body = first.handleResponse(new BasicHttpResponse(401), details());
    body.consume(ByteBuffer.wrap("the ".getBytes()));
    first.completed();
    replacement.complete(null);
    assertEquals(List.of(), outcome);
    body.consume(ByteBuffer.wrap("reason".getBytes()));
    body.streamEnd(List.of(new BasicHeader("X-Trailer", "last")));
    first.completed();
    assertEquals(List.of(401, "the reason", List.of("X-Trailer: last"), "completed"), outcome);
  }

  @Test
  void brokenBodyOfTheRejection_theCallerGetsTheRestOfIt() throws Exception {
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    execute(ScriptedTokenSource.valid("t").onRejection(rejected -> replacement), copy());
    AsyncExecCallback first = attempts.get(0);
    AsyncDataConsumer body = first.handleResponse(new BasicHttpResponse(401), details());
    body.consume(ByteBuffer.wrap("the ".getBytes()));
    first.failed(new IOException("connection reset"));
    replacement.complete(null);
    assertEquals(List.of(401, "completed"), outcome);
  }

  private static EntityDetails details() {
    return new BasicEntityDetails(-1, ContentType.TEXT_PLAIN);
  }

  @Test
  void lateEventsOfTheFirstAttempt_areVoid() throws Exception {
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    execute(ScriptedTokenSource.valid("t").onRejection(rejected -> replacement), copy());
    AsyncExecCallback first = attempts.get(0);
    first.handleResponse(new BasicHttpResponse(401), null);
    // It is there when the body has been read, so that the second attempt begins at once.
    replacement.complete(TestAccessTokens.of("t-2"));
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
