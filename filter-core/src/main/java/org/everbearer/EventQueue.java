package org.everbearer;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to the listeners on one thread, in order. A listener can neither slow down nor break a refresh; what
 * overflows while one blocks is dropped and counted.
 */
final class EventQueue {
  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
  private static final int CAPACITY = 1024;
  private static final long PATIENCE_SECONDS = 2;

  private final List<TokenListener> listeners;
  private final AtomicLong dropped = new AtomicLong();
  private final ThreadPoolExecutor thread;

  EventQueue(String client, List<TokenListener> listeners) {
    this.listeners = listeners;
    thread = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY),
        ThreadScheduler.named("everbearer-" + client + "-events"), (event, full) -> dropped.incrementAndGet());
    thread.allowCoreThreadTimeOut(true);
  }

  void emit(TokenEvent event) {
    if (!listeners.isEmpty()) thread.execute(() -> deliver(event));
  }

  private void deliver(TokenEvent event) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) tell(event.afterDropped(lost));
    tell(event);
  }

  private void tell(TokenEvent event) {
    for (TokenListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("{}: the listener {} failed on {}", event.client(), listener.getClass().getName(), event.type(), e);
      }
    }
  }

  /** Delivers what is queued, waits a little for it, and ends the thread. */
  void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) thread.shutdownNow();
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
