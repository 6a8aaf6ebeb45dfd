package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.Objects;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/**
 * Attaches {@code Authorization: Bearer} (RFC 6750 §2.1) to the requests of an asynchronous HttpClient 5, over
 * HTTP/1.1 and HTTP/2, by the same rules as {@link BearerTokenExecHandler}.
 *
 * <pre>{@code
 * CloseableHttpAsyncClient http = AsyncBearerTokenExecHandler.addTo(HttpAsyncClients.custom(), tokens).build();
 * }</pre>
 *
 * <p>It never blocks: while a token is awaited, no thread and no connection is held, and cancelling the exchange's
 * future ends the wait at once. The identity is taken from the thread that calls {@code execute} and stays with the
 * exchange, also on the I/O threads that follow its redirects. Request and response bodies are streamed.
 *
 * <p>It gives up when no token can be had: the future fails, and {@link org.everbearer.TokenException} in the chain of
 * causes says why; HttpClient does not retry. Safe for use by any number of threads.
 */
public final class AsyncBearerTokenExecHandler implements AsyncExecChainHandler {
  private final OutboundTokens tokens;
  private final RequestSigner signer;
  private final String identityAttribute;

  /** For a client that is built elsewhere; {@code addTo} also finds the place in the chain. */
  public AsyncBearerTokenExecHandler(OutboundTokens tokens) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.signer = new RequestSigner(tokens);
    this.identityAttribute = ExchangeIdentity.attributeOf(tokens);
  }

  /** Puts a handler where {@link BearerTokenExecHandler#addTo} puts it, for the same reasons. */
  public static <B extends HttpAsyncClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(
        ChainElement.PROTOCOL.name(), BearerTokenExecHandler.NAME, new AsyncBearerTokenExecHandler(tokens));
    return builder;
  }

  /** The same for a client that speaks HTTP/2 only. */
  public static <B extends H2AsyncClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(
        ChainElement.PROTOCOL.name(), BearerTokenExecHandler.NAME, new AsyncBearerTokenExecHandler(tokens));
    return builder;
  }

  @Override
  public void execute(HttpRequest hop, AsyncEntityProducer body, AsyncExecChain.Scope scope, AsyncExecChain chain,
      AsyncExecCallback callback) throws HttpException, IOException {
    TokenSource source;
    AccessToken token;
    try {
      // Also for a hop that gets no token: the next one may, on a thread that knows nobody.
      Object identity = ExchangeIdentity.of(tokens, identityAttribute, scope.clientContext, scope.exchangeId);
      source = signer.sourceFor(hop, scope.route, identity);
      token = source == null ? null : source.accessTokenNow();
    } catch (Throwable e) {
      // Not thrown: only the callback releases what the exchange holds, and on an I/O thread nobody would hear of it.
      callback.failed(TokenWait.asException(e));
      return;
    }
    if (source == null) {
      chain.proceed(hop, body, scope, new UnsignedAttempt(signer, hop, scope.route, callback));
      return;
    }
    HttpRequest request = hop == scope.originalRequest ? BasicRequestBuilder.copy(hop).build() : hop;
    FirstAttempt attempt = new FirstAttempt(signer, source, request, body, scope, chain, callback);
    if (token != null) {
      attempt.begin(token);
    } else {
      TokenWait.forToken(source, scope, callback, attempt::begin);
    }
  }
}
