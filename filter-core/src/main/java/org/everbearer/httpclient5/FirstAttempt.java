package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/**
 * The first attempt of one hop, and the way to the second. It passes everything on, except a 401 that another token may
 * cure: that is held, and the caller's callback belongs to the second attempt from then on, or gets the 401 when there
 * is no other token.
 */
final class FirstAttempt implements AsyncExecCallback {
  private final RequestSigner signer;
  private final TokenSource source;
  private final HttpRequest request;
  private final Header[] unsigned;
  private final AsyncEntityProducer body;
  private final AsyncExecChain.Scope scope;
  private final AsyncExecChain chain;
  private final AsyncExecCallback callback;
  /** Null when there is no body, or one that cannot be repeated. */
  private final AttemptBody rewindable;
  // Set before the request is sent, which orders it before every event of this attempt.
  private AccessToken token;
  // Written by this attempt's I/O thread; a thread that cancels reads it.
  private volatile HeldRejection rejection;
  // Whether the callback has been failed or handed to the second attempt; later events of this attempt are void.
  private final AtomicBoolean over = new AtomicBoolean();

  FirstAttempt(RequestSigner signer, TokenSource source, HttpRequest request, AsyncEntityProducer body,
      AsyncExecChain.Scope scope, AsyncExecChain chain, AsyncExecCallback callback) {
    this.signer = signer;
    this.source = source;
    this.request = request;
    this.unsigned = RequestSigner.headersOf(request);
    this.body = body;
    this.rewindable = body != null && body.isRepeatable() ? new AttemptBody(body) : null;
    this.scope = scope;
    this.chain = chain;
    this.callback = callback;
  }

  void begin(AccessToken first) throws HttpException, IOException {
    token = first;
    send(first, rewindable == null ? body : rewindable, this);
  }

  @Override
  public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails details)
      throws HttpException, IOException {
    if (over.get()) return null;
    try {
      HeldRejection held = heldOrNull(response, details);
      if (held != null) {
        rejection = held;
        return details == null ? null : held;
      }
    } catch (Throwable e) {
      // A source of the application's own may throw anything; only the callback releases what the exchange holds.
      if (over.compareAndSet(false, true)) callback.failed(TokenWait.asException(e));
      return null;
    }
    return callback.handleResponse(response, details);
  }

  private HeldRejection heldOrNull(HttpResponse response, EntityDetails details) {
    if (!Verdict.isRejection(response)) {
      Verdict.tell(response, token, source);
      return null;
    }
    if (body != null && rewindable == null) {
      source.invalidate(token.value(), BearerChallenge.wordsOf(response));
      return null;
    }
    CompletableFuture<AccessToken> replacement = Promise.ofReplacement(token, source, response);
    return replacement == null ? null : new HeldRejection(response, details, replacement);
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    callback.handleInformationResponse(response);
  }

  @Override
  public void completed() {
    HeldRejection held = rejection;
    if (held == null) {
      if (!over.get()) callback.completed();
    } else if (held.isRead() && over.compareAndSet(false, true)) {
      scope.execRuntime.releaseEndpoint();
      repeat(held);
    }
  }

  @Override
  public void failed(Exception cause) {
    if (!over.compareAndSet(false, true)) return;
    HeldRejection held = rejection;
    if (held == null) {
      callback.failed(cause);
    } else {
      // The 401 was there, only its body was not to be had: that costs the connection and nothing else.
      scope.execRuntime.discardEndpoint();
      repeat(held);
    }
  }

  private void repeat(HeldRejection held) {
    if (rewindable != null) rewindable.end();
    TokenWait.forToken(held.replacement, scope, callback, fresh -> secondAttempt(fresh, held));
  }

  private void secondAttempt(AccessToken fresh, HeldRejection held) throws HttpException, IOException {
    if (!Promise.isAnother(fresh, token)) {
      held.handTo(callback);
      return;
    }
    RequestSigner.restore(request, unsigned);
    send(fresh, body, new SecondAttempt(source, fresh, callback));
  }

  private void send(AccessToken current, AsyncEntityProducer producer, AsyncExecCallback events)
      throws HttpException, IOException {
    signer.sign(request, current);
    // HttpClient's own authentication must not answer the challenge: it trips over a state without a scheme.
    scope.clientContext.getAuthExchange(scope.route.getTargetHost()).setState(AuthExchange.State.FAILURE);
    if (scope.route.getProxyHost() == null) {
      chain.proceed(request, producer, scope, events);
      return;
    }
    // After a 407 HttpClient takes the headers from the original request: let it find the token there.
    HttpRequest original = BasicRequestBuilder.copy(request).build();
    chain.proceed(request, producer, new AsyncExecChain.Scope(
        scope.exchangeId, scope.route, original, scope.cancellableDependency, scope.clientContext, scope.execRuntime,
        scope.scheduler, scope.execCount), events);
  }
}
