package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** What must not outlive a web application. */
final class Leftovers {
  private Leftovers() {}

  /** Every thread of ours has ended, or does so at once: close() has told it to, and waits for those that work. */
  static void assertNoThread() throws InterruptedException {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.getName().startsWith("everbearer-")) continue;
      thread.join(TimeUnit.SECONDS.toMillis(2));
      if (thread.isAlive()) names.add(thread.getName());
    }
    if (!names.isEmpty()) fail("threads left: " + names);
  }
}
