package org.everbearer.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.everbearer.TokenException;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.IdentityKind;

/**
 * Declares one client of the web application, named by the filter-name and configured by the init parameters, and ties
 * each inbound request to the tokens that its outbound calls may use.
 *
 * <p>For every request that it is mapped to, the filter
 *
 * <ul>
 *   <li>binds the request's user to the thread, and gives back what was bound before. Work that
 *       {@code AsyncContext.start} runs and asynchronous listeners are bound too, asynchronous dispatches if the mapping has
 *       {@code <dispatcher>ASYNC</dispatcher>}; for any other thread there is {@link BearerTokens#propagate(Runnable)};
 *   <li>with {@code preflight=true} obtains the token before the request goes on, which it does without one if there is
 *       {@code onUnavailable=pass};
 *   <li>gives the {@code onUnavailable} answer when a {@link TokenException} comes back, itself or as a cause, and the
 *       response is not committed. With several clients that is the filter whose client has no valid token, else the
 *       outermost.
 * </ul>
 *
 * <p>Map it in front of everything that calls out, and behind a filter that puts another HttpSession in the place of
 * the container's. A wrong configuration stops the deployment with a {@link ServletException} that lists all problems.
 */
public final class BearerTokenFilter implements Filter {
  // Set by init, which the container runs before any request.
  private BearerTokens tokens;
  private DeclaredClient client;
  private ClientConfig config;
  private UnavailableAnswer answer;

  /** For the container. */
  public BearerTokenFilter() {}

  @Override
  public void init(FilterConfig filterConfig) throws ServletException {
    tokens = Registry.open(filterConfig.getServletContext());
    client = ClientStart.of(tokens.clients(), filterConfig);
    config = client.startedConfig();
    answer = new UnavailableAnswer(config.onUnavailable(), Routes.takesInbound(config),
        config.identity() == IdentityKind.SESSION);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest) || !(response instanceof HttpServletResponse)) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest http = (HttpServletRequest) request;
    IdentityBinding binding = tokens.binding();
    Supplier<Identity> identity = () -> tokens.clients().routes().identify(http);
    Supplier<Identity> previous = binding.bind(identity);
    try {
      boolean arriving = http.getDispatcherType() == DispatcherType.REQUEST;
      if (config.preflight() && arriving) prepare();
      if (mayGoOn(http)) follow(http, identity, response, chain);
      else chain.doFilter(request, response);
    } catch (IOException | ServletException | RuntimeException e) {
      if (!answers(e, http, (HttpServletResponse) response, previous == null)) throw e;
    } finally {
      binding.restore(previous);
    }
  }

  @Override
  public void destroy() {
    if (client != null) tokens.clients().leave(client);
  }

  private void prepare() throws TokenException {
    try {
      tokens.validAccessToken(client.name());
    } catch (TokenException e) {
      // What passes on is the request: a page that needs no token is none the worse.
      if (!answer.passesOn(e)) throw e;
    }
  }

  /** Whether the request may outlive its thread, and it matters for whom it works then. */
  private boolean mayGoOn(HttpServletRequest request) {
    return request.isAsyncSupported() && tokens.clients().routes().tellUsersApart();
  }

  private void follow(HttpServletRequest request, Supplier<Identity> identity, ServletResponse response,
      FilterChain chain) throws IOException, ServletException {
    FollowingRequest following = request instanceof FollowingRequest ? (FollowingRequest) request
        : new FollowingRequest(request, tokens.binding());
    boolean entered = following.identity().enter(identity);
    try {
      chain.doFilter(following, response);
    } finally {
      if (entered) following.identity().leave();
    }
  }

  private boolean answers(Exception thrown, HttpServletRequest request, HttpServletResponse response, boolean outermost)
      throws IOException {
    TokenException failure = TokenException.in(thrown);
    if (failure == null || response.isCommitted()) return false;
    // An included resource may not set a status; and a failure of another client is for that client's filter to answer.
    if (request.getDispatcherType() == DispatcherType.INCLUDE) return false;
    if (!outermost && !tokens.isExpired(client.name())) return false;
    if (!answer.give(failure, request, response)) return false;
    // Or the container would wait for somebody to finish what the failed request had begun.
    if (request.isAsyncStarted()) request.getAsyncContext().complete();
    return true;
  }
}
