package org.everbearer.httpclient5;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/**
 * Attaches {@code Authorization: Bearer} (RFC 6750 §2.1) to the requests of a classic HttpClient 5, on each hop whose
 * origin may receive the token, and on no other.
 *
 * <pre>{@code
 * CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build();
 * }</pre>
 *
 * <p>A request that already has {@code Authorization} is left alone. A 401 that rejects the token makes it refresh once
 * and repeat the request once, on the same connection, if the request's body can be repeated. A second 401, a 403, and
 * a 401 that names another error than {@code invalid_token} (RFC 6750 §3.1) go to the caller. Response bodies are
 * streamed; only the body of a 401 that is answered by a repetition is read and thrown away.
 *
 * <p>It gives up when no token can be had: HttpClient then throws {@code ClientProtocolException}, in whose chain of
 * causes {@link TokenException} says why, and does not retry. While it waits for a token it holds no connection; to abort
 * the request ends the wait, and not the refresh.
 *
 * <p>A proxy for plain http sees the token, and so do HttpClient's wire log and, over HTTP/2, its header log. A client
 * with a private cache ({@code sharedCache=false}) serves one user only. Safe for use by any number of threads.
 */
public final class BearerTokenExecHandler implements ExecChainHandler {
  /** The name of this element in HttpClient's chain. */
  static final String NAME = "everbearer";
  /** Bytes of a 401's body that are read to keep the connection; beyond, a new connection is cheaper. */
  static final int REJECTION_LIMIT = 1 << 20;

  private final OutboundTokens tokens;
  private final RequestSigner signer;

  /** For a client that is built elsewhere; {@code addTo} also finds the place in the chain. */
  public BearerTokenExecHandler(OutboundTokens tokens) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.signer = new RequestSigner(tokens);
  }

  /**
   * Puts a handler at the one place in the chain where it is safe, directly before {@link ChainElement#PROTOCOL}:
   * inside redirects and retries, so that it sees each hop and each try, and outside a cache.
   */
  public static <B extends HttpClientBuilder> B addTo(B builder, OutboundTokens tokens) {
    builder.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), NAME, new BearerTokenExecHandler(tokens));
    return builder;
  }

  @Override
  public ClassicHttpResponse execute(ClassicHttpRequest hop, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    TokenSource source = signer.sourceFor(hop, scope.route, tokens.currentIdentity());
    if (source == null) return chain.proceed(hop, scope);

    ClassicHttpRequest request = hop == scope.originalRequest ? ClassicRequestBuilder.copy(hop).build() : hop;
    Header[] unsigned = RequestSigner.headersOf(request);
    AccessToken token = tokenFrom(source, scope);
    ClassicHttpResponse response = proceed(request, token, scope, chain);
    if (response.getCode() != HttpStatus.SC_UNAUTHORIZED || !BearerChallenge.rejectsToken(response)) return response;
    boolean another = source.invalidate(token.value());
    if (!another || !isRepeatable(request)) return response;

    // Before the refresh, which may need the very connection.
    release(response, scope.execRuntime);
    AccessToken fresh = tokenFrom(source, scope);
    if (fresh.value().equals(token.value())) {
      response.setEntity(null);
      return response;
    }
    RequestSigner.restore(request, unsigned);
    return proceed(request, fresh, scope, chain);
  }

  private ClassicHttpResponse proceed(
      ClassicHttpRequest request, AccessToken token, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    signer.sign(request, token);
    // HttpClient's own authentication must not answer the challenge: it trips over a state without a scheme.
    scope.clientContext.getAuthExchange(scope.route.getTargetHost()).setState(AuthExchange.State.FAILURE);
    if (scope.route.getProxyHost() == null) return chain.proceed(request, scope);
    // After a 407 HttpClient takes the headers from the original request: let it find the token there.
    ClassicHttpRequest original = ClassicRequestBuilder.copy(request).build();
    return chain.proceed(request, new ExecChain.Scope(
        scope.exchangeId, scope.route, original, scope.execRuntime, scope.clientContext));
  }

  private static AccessToken tokenFrom(TokenSource source, ExecChain.Scope scope) throws IOException, HttpException {
    AccessToken token = source.accessTokenNow();
    if (token != null) return token;
    if (scope.execRuntime.isExecutionAborted()) throw ClassicTokenWait.aborted();
    try {
      return ClassicTokenWait.forToken(source, scope.originalRequest);
    } catch (TokenException e) {
      throw new NoTokenException(e);
    }
  }

  private static boolean isRepeatable(ClassicHttpRequest request) {
    HttpEntity body = request.getEntity();
    return body == null || body.isRepeatable();
  }

  private static void release(ClassicHttpResponse response, ExecRuntime runtime) {
    try {
      if (isDrained(response.getEntity())) {
        runtime.releaseEndpoint();
      } else {
        runtime.discardEndpoint();
      }
    } catch (IOException e) {
      runtime.discardEndpoint();
    }
    try {
      response.close();
    } catch (IOException e) {
      // The connection was given back or closed above; there is nothing else to close.
    }
  }

  private static boolean isDrained(HttpEntity body) throws IOException {
    if (body == null) return true;
    InputStream content = body.getContent();
    if (content == null) return true;
    byte[] buffer = new byte[8192];
    long total = 0;
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      total += n;
      if (total > REJECTION_LIMIT) return false;
    }
    content.close();
    return true;
  }
}
