package org.everbearer.runner;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Stops what was started, when the process is told to end or ends by itself; but never holds the process up. */
final class Shutdown extends Thread {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Deque<AutoCloseable> steps = new ArrayDeque<>(); // guarded by itself

  Shutdown() {
    super("everbearer-runner-shutdown");
  }

  /** Has this closed, before everything that was named so far. */
  <T extends AutoCloseable> T closing(T step) {
    synchronized (steps) {
      steps.addFirst(step);
    }
    return step;
  }

  @Override
  public void run() {
    Thread watchdog = new Thread(Shutdown::haltAfterPatience, "everbearer-runner-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
    synchronized (steps) {
      for (AutoCloseable step : steps) close(step);
    }
  }

  private static void close(AutoCloseable step) {
    try {
      step.close();
    } catch (Exception e) {
      System.err.println("jetty-runner: while stopping: " + e);
    }
  }

  private static void haltAfterPatience() {
    try {
      Thread.sleep(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      return;
    }
    System.err.println("jetty-runner: the web application did not stop within " + PATIENCE.toSeconds() + " s");
    Runtime.getRuntime().halt(UserError.FAILURE);
  }
}
