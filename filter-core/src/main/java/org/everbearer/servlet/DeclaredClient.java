package org.everbearer.servlet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSource;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigException;
import org.everbearer.config.ConfigSource;
import org.everbearer.config.IdentityKind;
import org.everbearer.config.Protocol;
import org.everbearer.config.TokenClient;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.Operations;

/** One filter declaration: its configuration, read once, and the client that runs from first use until undeploy. */
final class DeclaredClient {
  private final String name;
  private final String context;
  private final ClientState state;
  private final Listeners listeners;
  private final ContextLog log;
  private final Once<ClientConfig> config;
  /** Families whose session has ended and whose tokens are still to be cleared. */
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  /** The caller may swallow the failure, and the filter answers it, so that nobody would hear of it. */
  private final SeldomWarning nobodysCalls;
  private volatile ClientRun run;
  private volatile boolean closed;

  DeclaredClient(ConfigSource source, String name, String context, Listeners listeners, ContextLog log) {
    this.name = name;
    this.context = context;
    this.state = new ClientState(name);
    this.listeners = listeners;
    this.log = log;
    this.config = new Once<>(() -> ClientConfig.read(source));
    this.run = new ClientRun(this);
    this.nobodysCalls = new SeldomWarning(
        text -> log.getLogger("org.everbearer." + name).warn("{}", text), System::nanoTime);
  }

  String name() {
    return name;
  }

  /** The web application's path, as people name it. */
  String context() {
    return context;
  }

  /** What its events have told; outlives a restart. */
  ClientState state() {
    return state;
  }

  Listeners listeners() {
    return listeners;
  }

  /** The loggers of the web application. */
  ContextLog log() {
    return log;
  }

  /** Those of the present life. */
  Operations operations() {
    return run.operations();
  }

  /** Has a late listener told what is held, if the client runs and has a token of its own. */
  void announce() {
    TokenClient running = run.tokenClient();
    if (running != null && Routes.hasOneToken(running.config())) running.coordinator().announce();
  }

  ClientConfig config() throws ConfigException {
    try {
      return config.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConfigException) throw (ConfigException) e.getCause();
      throw unexpected(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while another thread reads the configuration of " + name, e);
    }
  }

  /** The running client, started now if it is not yet. Once it runs this is a read. */
  ClientRun start() throws ConfigException, TokenException {
    if (closed) throw new TokenException(Reason.CLOSED, "client " + name + ": the web application is being stopped");
    ClientRun current = run;
    try {
      current.client();
      return current;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConfigException) throw (ConfigException) e.getCause();
      if (e.getCause() instanceof TokenException) throw (TokenException) e.getCause();
      throw unexpected(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TokenException(Reason.INTERRUPTED, "client " + name + ": interrupted while another thread starts it",
          e);
    }
  }

  /** Whether {@link #start()} would be a read. */
  boolean isRunning() {
    return !closed && run.tokenClient() != null;
  }

  /** Only while {@link #isRunning()}. */
  ClientConfig startedConfig() {
    return run.config();
  }

  /** {@link #start()} for callers at run time: a configuration that is wrong is one more reason to have no token. */
  ClientRun running() throws TokenException {
    try {
      return start();
    } catch (ConfigException e) {
      throw new TokenException(Reason.CONFIGURATION, e.getMessage(), e);
    }
  }

  /** {@link #source} for a call that fails without a token: on a thread without a user that is a mistake in the code. */
  TokenSource sourceForCall(Identity identity) throws TokenException {
    if (identity == null && !Routes.hasOneToken(running().config())) nobodysCalls.warn(worksForNobody());
    return source(identity);
  }

  /** Where this identity's token comes from. */
  TokenSource source(Identity identity) throws TokenException {
    ClientRun current = running();
    Protocol protocol = current.config().protocol();
    if (protocol == Protocol.RELAY) return new RelayedToken(inboundToken(identity));
    if (protocol == Protocol.TOKEN_EXCHANGE) return current.tokenClient().exchangedFor(inboundToken(identity));
    if (current.config().identity() == IdentityKind.APPLICATION) return current.coordinator().application();
    return current.coordinator().source(family(identity));
  }

  private String family(Identity identity) throws TokenException {
    String family = bound(identity).family(name);
    if (family != null && !ended.contains(family)) return family;
    if (family != null) {
      throw new TokenException(Reason.NO_TOKENS, "client " + name + ": the session for which this work was begun has"
          + " ended, or somebody has signed in anew with it");
    }
    throw new TokenException(Reason.NO_TOKENS, "client " + name + ": nobody has signed in with this session; after"
        + " login call BearerTokens.storeTokens(request, \"" + name + "\", tokens)");
  }

  private String inboundToken(Identity identity) throws TokenException {
    String token = bound(identity).inboundToken();
    if (token != null) return token;
    throw new TokenException(Reason.NO_TOKENS,
        "client " + name + ": the inbound request has no Authorization header with a bearer token to pass on");
  }

  private Identity bound(Identity identity) throws TokenException {
    if (identity != null) return identity;
    throw new TokenException(Reason.NO_TOKENS, worksForNobody());
  }

  private String worksForNobody() {
    return "client " + name + ": this thread works for no request, and so for no user. Remedy: hand the work over with"
        + " tokens.propagate (BearerTokens), or map the filter " + name + " to the request's path (with"
        + " <dispatcher>ASYNC</dispatcher> too if it is dispatched asynchronously)";
  }

  /** From now on nobody gets its tokens here, though it may take a while until they are cleared. */
  void familyEnded(FamilyEnds.End end) {
    ended.add(end.family);
    run.familyEnded(end);
  }

  /** The tokens are cleared, or left to whoever uses them on another node: here nothing asks for them any more. */
  void familyCleared(String family) {
    ended.remove(family);
  }

  /** Ends the client; the next use starts it again. */
  void stop() {
    ClientRun old = run;
    run = new ClientRun(this);
    old.close();
  }

  /** Ends the client for good. */
  void close() {
    closed = true;
    run.close();
  }

  private static IllegalStateException unexpected(Throwable cause) {
    if (cause instanceof RuntimeException) throw (RuntimeException) cause;
    if (cause instanceof Error) throw (Error) cause;
    return new IllegalStateException(cause);
  }
}
