package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.everbearer.TokenException;
import org.everbearer.TokenListener;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.IdentityKind;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.httpclient5.AsyncBearerTokenExecHandler;
import org.everbearer.httpclient5.BearerTokenExecHandler;

/**
 * The bearer tokens of one web application: one client for each {@link BearerTokenFilter} that it declares, named by
 * the filter-name.
 *
 * <pre>{@code
 * BearerTokens tokens = BearerTokens.of(servletContext);
 * CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build();   // each origin gets its client's token
 * String token = tokens.source("chat-api").token();                        // for any other HTTP library
 * }</pre>
 *
 * <p>It can be had from a {@code ServletContextListener} on. A client starts with its filter, or earlier when it is
 * used earlier, and ends with its filter: then every method that needs a token throws {@link TokenException} with
 * {@link TokenException.Reason#CLOSED}. Methods that name a client throw {@link IllegalArgumentException} when no
 * filter has that name. Safe for use by any number of threads.
 */
public final class BearerTokens {
  private static final int FAMILY_ID_BYTES = 18;

  private final Clients clients;
  private final IdentityBinding binding = new IdentityBinding();
  private final BoundTokens outbound;
  private final SecureRandom random = new SecureRandom();

  BearerTokens(ServletContext context) {
    this.clients = new Clients(context);
    this.outbound = new BoundTokens(clients, binding);
  }

  /**
   * The tokens of this web application.
   *
   * @throws IllegalStateException if it declares no {@link BearerTokenFilter}; the message shows what to declare
   */
  public static BearerTokens of(ServletContext context) {
    BearerTokens tokens = Registry.of(context);
    tokens.clients.requireSome();
    return tokens;
  }

  /**
   * Makes the HTTP client attach a valid token to every request for which a client of this application allows the
   * origin, and repeat a request once, with a new token, after a 401. A request that has an {@code Authorization}
   * header, or goes anywhere else, is left alone. A token that cannot be had arrives as the {@link TokenException}
   * that is the cause of a {@code ClientProtocolException}.
   *
   * @return the same builder
   */
  public <B extends HttpClientBuilder> B addTo(B builder) {
    return BearerTokenExecHandler.addTo(builder, outbound);
  }

  /**
   * {@link #addTo(HttpClientBuilder)} for the asynchronous client. The identity is that of the thread that executes.
   */
  public <B extends HttpAsyncClientBuilder> B addTo(B builder) {
    return AsyncBearerTokenExecHandler.addTo(builder, outbound);
  }

  /** {@link #addTo(HttpClientBuilder)} for the asynchronous client that speaks only HTTP/2. */
  public <B extends H2AsyncClientBuilder> B addTo(B builder) {
    return AsyncBearerTokenExecHandler.addTo(builder, outbound);
  }

  /**
   * Where the tokens of this client come from. With a token per user each call finds the user by the calling thread:
   * the request that it serves, or the work that was handed to it by {@link #propagate(Runnable)}. Outside of both it
   * throws {@link TokenException} with {@link TokenException.Reason#NO_TOKENS}; it never falls back to another user's
   * token.
   */
  public TokenSource source(String client) {
    return new CurrentSource(clients.named(client), binding);
  }

  /**
   * {@code source(client).token()}: a valid access token, for this thread's user if each has their own.
   *
   * @throws TokenException when none can be had within the client's {@code waitTimeout}, or nobody is bound to the thread
   */
  public String validAccessToken(String client) throws TokenException {
    return source(client).token();
  }

  /** {@code source(client).isExpired()}: whether no valid token is held. Asks nobody. */
  public boolean isExpired(String client) {
    return source(client).isExpired();
  }

  /**
   * Begins a new token family for the whole web application, in place of the one it has.
   *
   * @throws TokenException if the tokens could not be stored
   * @throws IllegalArgumentException if the client keeps tokens by session, or none at all
   */
  public void storeTokens(String client, TokenSet tokens) throws TokenException {
    coordinator(client, IdentityKind.APPLICATION).storeTokens(null, tokens);
  }

  /**
   * Gives up the tokens of the whole web application; {@link #storeTokens(String, TokenSet)} brings new ones.
   *
   * @throws TokenException if the store could not be written
   */
  public void clearTokens(String client) throws TokenException {
    coordinator(client, IdentityKind.APPLICATION).clearTokens(null);
  }

  /**
   * Gives the user of this session a new token family, after login. The session is begun if there is none; change its
   * id at login as ever. A family that it had is given up, and nothing can bring that back. From now on the calls that
   * this session's requests make carry the new tokens; work that was handed to another thread before does not.
   *
   * @throws TokenException if the tokens could not be stored; the session then has what it had
   * @throws IllegalArgumentException if the client does not keep tokens by session
   * @throws IllegalStateException if the session has ended, or the response is committed and there is none
   */
  public void storeTokens(HttpServletRequest request, String client, TokenSet tokens) throws TokenException {
    RefreshCoordinator coordinator = coordinator(client, IdentityKind.SESSION);
    HttpSession session = request.getSession();
    String family = newFamily();
    coordinator.storeTokens(family, tokens);
    boolean bound = false;
    try {
      // Unbinds the old family, which thereby is cleared. A new id each time: a late refresh of the old family writes
      // to a key that nobody reads.
      session.setAttribute(SessionFamily.attribute(client), new SessionFamily(family));
      bound = true;
    } finally {
      if (!bound) clients.familyEnded(client, new FamilyEnds.End(family, null));
    }
    renew(request);
  }

  /**
   * Gives up the tokens of this session's user, at logout. Without it they are given up when the session ends.
   *
   * @throws TokenException if the store could not be reached; nobody can use the tokens any more even so
   * @throws IllegalArgumentException if the client does not keep tokens by session
   */
  public void clearTokens(HttpServletRequest request, String client) throws TokenException {
    RefreshCoordinator coordinator = coordinator(client, IdentityKind.SESSION);
    HttpSession session = request.getSession(false);
    String attribute = SessionFamily.attribute(client);
    SessionFamily family = session == null ? null : SessionFamily.of(session, attribute);
    if (family == null) return;
    family.release();
    session.removeAttribute(attribute);
    renew(request);
    coordinator.clearTokens(family.id());
  }

  /** Threads that do not serve the request ask for its user too. */
  private void renew(HttpServletRequest request) {
    RequestIdentity identity = RequestIdentity.present(request, binding);
    if (identity != null) identity.renew(clients.routes().identify(request));
  }

  /**
   * Has the listener hear what happens to the tokens of all clients, for instance {@code EverbearerMetrics}. One that is
   * added while a client runs hears of what is held as {@link org.everbearer.TokenEvent.Type#HELD}, and of all that
   * happens from then on. It is forgotten with the web application.
   */
  public void addListener(TokenListener listener) {
    clients.addListener(null, Objects.requireNonNull(listener, "listener"));
  }

  /** {@link #addListener(TokenListener)} for one client. */
  public void addListener(String client, TokenListener listener) {
    clients.addListener(clients.named(client).name(), Objects.requireNonNull(listener, "listener"));
  }

  /**
   * The same task, on behalf of the user for whom this thread works now, on whichever thread it will run. What that
   * thread was doing before is restored afterwards.
   */
  public Runnable propagate(Runnable task) {
    return binding.carry(Objects.requireNonNull(task, "task"));
  }

  /**
   * {@link #propagate(Runnable)} for a task with a result. A lambda that returns a value fits a supplier too: give it a
   * type, {@code propagate((Callable<Reply>) () -> call())}.
   */
  public <T> Callable<T> propagate(Callable<T> task) {
    return binding.carry(Objects.requireNonNull(task, "task"));
  }

  /** {@link #propagate(Runnable)} for a supplier, as {@code CompletableFuture.supplyAsync} takes one. */
  public <T> Supplier<T> propagate(Supplier<T> task) {
    return binding.carry(Objects.requireNonNull(task, "task"));
  }

  /**
   * An executor that runs each task on behalf of the user for whom the thread works that hands the task over. It holds
   * no user itself: one may serve the whole application. With {@code CompletableFuture} give it to every stage that
   * calls out; a stage that a foreign thread completes has no user, wrap its function instead.
   */
  public Executor propagate(Executor executor) {
    return binding.carry(Objects.requireNonNull(executor, "executor"));
  }

  Clients clients() {
    return clients;
  }

  IdentityBinding binding() {
    return binding;
  }

  private RefreshCoordinator coordinator(String name, IdentityKind identity) throws TokenException {
    ClientRun run = clients.named(name).running();
    ClientConfig config = run.config();
    if (Routes.takesInbound(config)) {
      throw new IllegalArgumentException("client " + name + " keeps no tokens: its protocol is "
          + config.protocol().spelling() + ", which starts from the token of each inbound request");
    }
    if (config.identity() == identity) return run.coordinator();
    throw new IllegalArgumentException(identity == IdentityKind.SESSION
        ? "client " + name + " has identity=application: leave out the request, or set identity=session"
        : "client " + name + " has identity=session: pass the request whose session it is");
  }

  private String newFamily() {
    byte[] id = new byte[FAMILY_ID_BYTES];
    random.nextBytes(id);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }
}
