package org.everbearer.servlet;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.everbearer.Fingerprint;
import org.everbearer.TokenException;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Clears the tokens of sessions that have ended. The container tells of the end on a thread that serves all its
 * applications, and with the session locked: a store that hangs must not hold up either.
 */
final class FamilyEnds implements AutoCloseable {
  private static final long IDLE_SECONDS = 5;
  private static final long CLOSE_SECONDS = 5;

  /** Gives up one family's tokens. */
  interface Clearing {
    void clear(End end) throws TokenException;
  }

  /** That a session, or its user's sign-in, has ended here. Immutable. */
  static final class End {
    final String family;
    /** For how long nobody had used the session, which has timed out; null if somebody has ended it on purpose. */
    final Duration idle;

    End(String family, Duration idle) {
      this.family = family;
      this.idle = idle;
    }
  }

  private final String client;
  private final ILoggerFactory logs;
  private final Clearing clearing;
  private final ThreadPoolExecutor worker;

  FamilyEnds(String client, ILoggerFactory logs, Clearing clearing) {
    this.client = client;
    this.logs = logs;
    this.clearing = clearing;
    // At most one thread, and none while no session ends.
    worker = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
      Thread thread = new Thread(task, "everbearer-" + client + "-sessions");
      thread.setDaemon(true);
      return thread;
    });
    worker.allowCoreThreadTimeOut(true);
  }

  void add(End end) {
    try {
      worker.execute(() -> clear(end));
    } catch (RejectedExecutionException stopped) {
      // The application is being stopped: what is left in a shared store is dead without the session that named it.
      log().debug("Client {}: session {} ended after the client", client, Fingerprint.of(end.family));
    } catch (Error noThread) {
      // The container's own thread must not suffer from it; the store's purge finds what is left.
      log().warn("Client {}: the tokens of the ended session {} stay in the store: {}", client,
          Fingerprint.of(end.family), noThread.toString());
    }
  }

  private void clear(End end) {
    try {
      clearing.clear(end);
    } catch (TokenException | RuntimeException | LinkageError e) {
      log().warn("Client {}: the tokens of the ended session {} could not be cleared: {}", client,
          Fingerprint.of(end.family), e.getMessage());
    }
  }

  private Logger log() {
    return logs.getLogger(FamilyEnds.class.getName());
  }

  /** Clears what is waiting, within a few seconds, also on an interrupted thread, whose interrupt is kept. */
  @Override
  public void close() {
    worker.shutdown();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    boolean interrupted = Thread.interrupted();
    boolean waited = false;
    while (!waited) {
      try {
        if (!worker.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)) worker.shutdownNow();
        waited = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
