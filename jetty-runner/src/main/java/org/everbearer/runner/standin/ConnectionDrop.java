package org.everbearer.runner.standin;

import org.eclipse.jetty.io.EofException;

/** Asks for the connection to be closed without an answer. */
final class ConnectionDrop extends EofException {
  private static final long serialVersionUID = 1;

  ConnectionDrop() {
    super("dropped on request");
  }
}
