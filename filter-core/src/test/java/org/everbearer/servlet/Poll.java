package org.everbearer.servlet;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what happens on another thread, with much patience. */
final class Poll {
  private Poll() {}

  static void until(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it does not come true");
      LockSupport.parkNanos(5_000_000);
    }
  }
}
