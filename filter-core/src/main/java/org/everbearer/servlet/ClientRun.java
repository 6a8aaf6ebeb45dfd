package org.everbearer.servlet;

import java.util.concurrent.ExecutionException;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigException;
import org.everbearer.config.Protocol;
import org.everbearer.config.TokenClient;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.observe.ClientMBean;
import org.everbearer.observe.ClientState.Tokens;
import org.everbearer.observe.Operations;

/** One life of a client: started at most once, ended at most once, in whichever order the two arrive. */
final class ClientRun {
  private final DeclaredClient declared;
  private final Once<TokenClient> start = new Once<>(this::make);
  private final FamilyEnds familyEnds;
  private final Operations operations = new ClientOperations(this);
  // Written by the starter, read by anybody. The starter writes it and then reads 'ended'; close() does the reverse: so
  // at least one of the two sees the other and closes the client.
  private volatile TokenClient client;
  private volatile boolean ended;
  // Written before the client is, and read after it.
  private ClientMBean shown;

  ClientRun(DeclaredClient declared) {
    this.declared = declared;
    this.familyEnds = new FamilyEnds(declared.name(), declared.log(), this::clear);
  }

  TokenClient client() throws ExecutionException, InterruptedException {
    return client != null ? client : start.get();
  }

  private TokenClient make() throws ConfigException, TokenException {
    TokenClient made = TokenClient.loggingTo(declared.log(), declared.config(), declared.state());
    boolean started = false;
    try {
      describe(made.config());
      if (made.coordinator() != null) declared.listeners().attach(declared.name(), made.coordinator());
      made.start();
      // Those that hear of tokens only know from then on that this client has one of its own.
      if (Routes.hasOneToken(made.config())) made.coordinator().announce();
      if (made.coordinator() != null) shown = ClientMBean.register(declared.context(), declared.state(), operations);
      client = made;
      if (ended) throw new TokenException(Reason.CLOSED, "client " + declared.name() + " was closed while it started");
      started = true;
      return made;
    } finally {
      if (!started) close(made);
    }
  }

  private void describe(ClientConfig config) {
    declared.state().describe(Routes.hasOneToken(config) ? Tokens.APPLICATION
        : config.protocol() == Protocol.RELAY ? Tokens.INBOUND : Tokens.PER_USER, config.refreshesItself());
  }

  /** Null until {@link #client()} has returned. */
  TokenClient tokenClient() {
    return client;
  }

  ClientConfig config() {
    return client.config();
  }

  RefreshCoordinator coordinator() {
    return client.coordinator();
  }

  Operations operations() {
    return operations;
  }

  /** Gives up the tokens of a session that has ended, soon and on another thread. Does not start the client. */
  void familyEnded(FamilyEnds.End end) {
    if (client != null && client.coordinator() != null) familyEnds.add(end);
    else declared.familyCleared(end.family);
  }

  private void clear(FamilyEnds.End end) throws TokenException {
    if (end.idle == null) client.coordinator().clearTokens(end.family);
    else client.coordinator().releaseTokens(end.family, end.idle);
    declared.familyCleared(end.family);
  }

  void close() {
    ended = true;
    familyEnds.close();
    TokenClient running = client;
    if (running != null) close(running);
  }

  private void close(TokenClient running) {
    running.close();
    if (running.coordinator() != null) declared.listeners().detach(running.coordinator());
    if (shown != null) shown.close();
  }
}
