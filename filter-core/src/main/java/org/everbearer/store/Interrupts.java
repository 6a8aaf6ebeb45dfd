package org.everbearer.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * An interrupt must not lose a token on its way to the disk, but it closes the channel that is being written. So the
 * step is done again, and the interrupt is kept for whoever waits for it.
 */
final class Interrupts {
  /** File operations that may be done twice. */
  interface Step<T> {
    T run() throws IOException;
  }

  private Interrupts() {}

  static <T> T outlast(Step<T> step) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return step.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }
}
