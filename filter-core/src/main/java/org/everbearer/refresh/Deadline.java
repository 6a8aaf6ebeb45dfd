package org.everbearer.refresh;

import java.time.Duration;

/** The moment by which something must have ended, by the monotonic clock. */
final class Deadline {
  private final long at;

  private Deadline(long at) {
    this.at = at;
  }

  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** A deadline after half of the time that is left, for what must leave time for the main thing. */
  Deadline half() {
    return new Deadline(System.nanoTime() + remainingNanos() / 2);
  }

  long remainingNanos() {
    return Math.max(0, at - System.nanoTime());
  }
}
