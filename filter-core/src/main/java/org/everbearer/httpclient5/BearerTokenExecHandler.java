package org.everbearer.httpclient5;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
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
 * <p>A request that already has {@code Authorization} is left alone. After a 401 that rejects the token it asks the
 * source for another one and repeats the request once, on the same connection, if the request's body can be repeated.
 * If there is no other token for now, that 401 goes to the caller. So do a second 401, a 403, a 401 that names another
 * error than {@code invalid_token} (RFC 6750 §3.1), and one that asks for other credentials than a token. Response
 * bodies are streamed; only the body of a 401 is read ahead while another token is sought, and if that 401 turns out to
 * be the caller's answer, a body of more than 64 KiB is missing.
 *
 * <p>It gives up when no token can be had, or when the rejected one cannot be replaced because the refresh token is
 * dead as well: HttpClient then throws {@code ClientProtocolException}, in whose chain of causes {@link TokenException}
 * says why, and does not retry. While it waits for a token it holds no connection; to abort the request ends the wait,
 * on each hop, and not the refresh.
 *
 * <p>A proxy for plain http sees the token, so a request to a loopback origin that goes through one gets none unless the
 * client allows it ({@link OutboundTokens#mayPassProxy}). HttpClient's wire log and, over HTTP/2, its header log see it too.
 * A client with a private cache ({@code sharedCache=false}) serves one user only. Safe for use by any number of threads.
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
    if (source == null) return proceedWithoutToken(hop, scope, chain);

    ClassicHttpRequest request = hop == scope.originalRequest ? ClassicRequestBuilder.copy(hop).build() : hop;
    Header[] unsigned = RequestSigner.headersOf(request);
    AccessToken token = tokenFrom(source, scope);
    ClassicHttpResponse response = proceed(request, token, source, scope, chain);
    if (!Verdict.isRejection(response)) return response;
    AccessToken fresh = replacementFor(token, source, request, response, scope);
    if (fresh == null) return response;
    RequestSigner.restore(request, unsigned);
    return proceed(request, fresh, source, scope, chain);
  }

  private ClassicHttpResponse proceedWithoutToken(ClassicHttpRequest hop, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    ClassicHttpResponse response = chain.proceed(hop, scope);
    try {
      signer.tellIfRefused(hop, scope.route, response);
    } catch (Throwable e) {
      scope.execRuntime.discardEndpoint();
      throw e;
    }
    return response;
  }

  private static AccessToken tokenFrom(TokenSource source, ExecChain.Scope scope) throws IOException, HttpException {
    AccessToken token = source.accessTokenNow();
    if (token != null) return token;
    if (scope.execRuntime.isExecutionAborted()) throw ClassicTokenWait.aborted(null);
    return Promise.kept(ClassicTokenWait.forToken(Promise.ofToken(source), scope), source);
  }

  private ClassicHttpResponse proceed(ClassicHttpRequest request, AccessToken token, TokenSource source,
      ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
    signer.sign(request, token);
    // HttpClient's own authentication must not answer the challenge: it trips over a state without a scheme.
    scope.clientContext.getAuthExchange(scope.route.getTargetHost()).setState(AuthExchange.State.FAILURE);
    ClassicHttpResponse response;
    try {
      response = chain.proceed(request, belowUs(request, scope));
    } catch (IllegalStateException e) {
      // An abortion took the connection from under the chain's feet.
      if (scope.execRuntime.isExecutionAborted()) throw ClassicTokenWait.aborted(e);
      throw e;
    }
    if (!token.isAccepted()) tellIfAccepted(response, token, source, scope);
    return response;
  }

  private static ExecChain.Scope belowUs(ClassicHttpRequest request, ExecChain.Scope scope) {
    if (scope.route.getProxyHost() == null) return scope;
    // After a 407 HttpClient takes the headers from the original request: let it find the token there.
    ClassicHttpRequest original = ClassicRequestBuilder.copy(request).build();
    return new ExecChain.Scope(scope.exchangeId, scope.route, original, scope.execRuntime, scope.clientContext);
  }

  private static void tellIfAccepted(
      ClassicHttpResponse response, AccessToken token, TokenSource source, ExecChain.Scope scope) {
    try {
      Verdict.tell(response, token, source);
    } catch (Throwable e) {
      scope.execRuntime.discardEndpoint();
      throw e;
    }
  }

  /** Null if the rejection is the caller's answer: untouched, or with its connection given back. */
  private static AccessToken replacementFor(AccessToken rejected, TokenSource source, ClassicHttpRequest request,
      ClassicHttpResponse rejection, ExecChain.Scope scope) throws IOException, HttpException {
    try {
      if (!isRepeatable(request)) {
        source.invalidate(rejected.value(), BearerChallenge.wordsOf(rejection));
        return null;
      }
      CompletableFuture<AccessToken> pending = Promise.ofReplacement(rejected, source, rejection);
      if (pending == null) return null;
      // Before the wait: the refresh may need the very connection.
      KeptBody.detach(rejection, scope.execRuntime);
      AccessToken fresh = ClassicTokenWait.forToken(pending, scope);
      return Promise.isAnother(fresh, rejected) ? fresh : null;
    } catch (Throwable e) {
      // A source of the application's own may throw anything; HttpClient does not expect it all.
      scope.execRuntime.discardEndpoint();
      throw e;
    }
  }

  private static boolean isRepeatable(ClassicHttpRequest request) {
    HttpEntity body = request.getEntity();
    return body == null || body.isRepeatable();
  }
}
