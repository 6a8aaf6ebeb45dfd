package org.everbearer.servlet;

import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.observe.Operations;

/** What an operator may have a running client do with the tokens of the application. */
final class ClientOperations implements Operations {
  private final ClientRun run;

  ClientOperations(ClientRun run) {
    this.run = run;
  }

  @Override
  public void refreshNow() {
    coordinator().refreshNow(null);
  }

  @Override
  public void invalidate() {
    coordinator().giveUpToken();
  }

  private RefreshCoordinator coordinator() {
    if (run.tokenClient() == null) throw new IllegalStateException("the client has not started yet");
    if (Routes.hasOneToken(run.config())) return run.coordinator();
    throw new IllegalStateException("client " + run.config().name() + " has no token of its own, but one for each user");
  }
}
