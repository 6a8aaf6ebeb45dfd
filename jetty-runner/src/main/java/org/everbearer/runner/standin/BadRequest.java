package org.everbearer.runner.standin;

import java.io.IOException;

/** The request cannot be understood; the message says why, for the one who sent it. */
final class BadRequest extends IOException {
  private static final long serialVersionUID = 1;

  BadRequest(String message) {
    super(message);
  }
}
