package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/**
 * The only way to the scheduler: says for each kind of work what becomes of it when no thread can be had for an instant,
 * or no longer, since the client was closed.
 */
final class Work {
  private static final Logger LOG = Loggers.of(Work.class);
  private static final long RETRY = Nanos.ofMillis(200);

  private final String client;
  private final Scheduler scheduler;
  private volatile boolean closed;

  Work(String client, Scheduler scheduler) {
    this.client = client;
    this.scheduler = scheduler;
  }

  /**
   * Runs it on a worker.
   *
   * @param refused hears why not; not called if the client is closed, for then the calling thread runs it
   */
  void execute(Runnable work, Consumer<Throwable> refused) {
    try {
      scheduler.execute(work, refused);
    } catch (RejectedExecutionException e) {
      work.run(); // which says that the client is closed
    } catch (Throwable anything) {
      refused.accept(anything);
    }
  }

  /**
   * Runs it later on a worker.
   *
   * @throws RejectedExecutionException if the client is closed
   */
  void executeLater(long delayNanos, Runnable work, Consumer<Throwable> refused) {
    scheduler.schedule(delayNanos, work, refused);
  }

  /** Runs it later on a worker, however often that must be tried; drops it when the client is closed. */
  void schedule(long delayNanos, Runnable work) {
    try {
      scheduler.schedule(delayNanos, work, why -> schedule(RETRY, work));
    } catch (RejectedExecutionException e) {
      // What must be done all the same is done when the client closes.
    } catch (Throwable anything) {
      alarm(delayNanos, () -> schedule(0, work));
    }
  }

  /**
   * Runs it later on the timer's own thread, for which it must be quick; drops it when the client is closed. Returns what
   * calls it off.
   */
  Runnable alarm(long delayNanos, Runnable work) {
    Throwable failure = null;
    // Twice: without it refreshing would rest until somebody asks, and what is wanting may be there an instant later.
    for (int i = 0; i < 2 && !closed; i++) {
      try {
        return scheduler.alarm(delayNanos, work);
      } catch (Throwable anything) {
        failure = anything;
      }
    }
    if (!closed) LOG.warn("{}: no timer could be set, so the next refresh begins with the next call", client, failure);
    return () -> {};
  }

  /** Ends somebody's wait later, on a thread that no refresh keeps waiting. Returns what calls it off. */
  Runnable timeout(long delayNanos, Runnable end) {
    try {
      return scheduler.scheduleTimeout(delayNanos, end);
    } catch (Throwable closedOrNoThread) {
      return alarm(delayNanos, end);
    }
  }

  /** Renews a lease later, also while all workers wait for answers. Returns what calls it off. */
  Runnable renewal(long delayNanos, Runnable work) {
    try {
      return scheduler.scheduleRenewal(delayNanos, work);
    } catch (Throwable closedOrNoThread) {
      // The lease is over when it is over.
      return () -> {};
    }
  }

  /** Whether the calling thread is one that {@link #close} waits for. */
  boolean isOwnThread() {
    return scheduler.isOwnThread();
  }

  /** From now on what cannot be scheduled is nobody's loss. */
  void closing() {
    closed = true;
  }

  void close(Duration patience) {
    scheduler.shutdown(patience);
  }
}
