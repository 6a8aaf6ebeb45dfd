package org.everbearer.servlet;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.everbearer.Fingerprint;
import org.everbearer.TokenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the tokens of sessions that have ended. The container tells of the end on a thread that serves all its
 * applications, and with the session locked: a store that hangs must not hold up either.
 */
final class FamilyEnds implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FamilyEnds.class);
  private static final long IDLE_SECONDS = 5;
  private static final long CLOSE_SECONDS = 5;

  /** Gives up one family's tokens. */
  interface Clearing {
    void clear(String family) throws TokenException;
  }

  private final String client;
  private final Clearing clearing;
  private final ThreadPoolExecutor worker;

  FamilyEnds(String client, Clearing clearing) {
    this.client = client;
    this.clearing = clearing;
    // At most one thread, and none while no session ends.
    worker = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
      Thread thread = new Thread(task, "everbearer-" + client + "-sessions");
      thread.setDaemon(true);
      return thread;
    });
    worker.allowCoreThreadTimeOut(true);
  }

  void add(String family) {
    try {
      worker.execute(() -> clear(family));
    } catch (RejectedExecutionException stopped) {
      // The application is being stopped: what is left in a shared store is dead without the session that named it.
      log.debug("Client {}: session {} ended after the client", client, Fingerprint.of(family));
    }
  }

  private void clear(String family) {
    try {
      clearing.clear(family);
    } catch (TokenException | RuntimeException e) {
      log.warn("Client {}: the tokens of the ended session {} could not be cleared: {}", client, Fingerprint.of(family),
          e.getMessage());
    }
  }

  /** Clears what is waiting, within a few seconds. */
  @Override
  public void close() {
    worker.shutdown();
    boolean done = false;
    try {
      done = worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!done) worker.shutdownNow();
    }
  }
}
