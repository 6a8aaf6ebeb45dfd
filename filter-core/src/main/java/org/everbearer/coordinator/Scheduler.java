package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Where work runs that no caller waits in. A test passes one whose time stands still until it is moved. The methods that run
 * something throw {@link RejectedExecutionException} when it was shut down.
 */
interface Scheduler {

  /**
   * Runs it on a worker thread, where it may block.
   *
   * @param refused hears why that cannot be done after all, for instance for want of a thread; must be quick
   */
  void execute(Runnable work, Consumer<Throwable> refused);

  /** Runs it on a worker thread after a delay. */
  void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused);

  /** Runs it on the timer's own thread, which everything else waits for: it must be quick. Returns what calls it off. */
  Runnable alarm(long delayNanos, Runnable work);

  /** Runs it on a thread of its own, also while all workers wait for answers. Returns what calls it off. */
  Runnable scheduleRenewal(long delayNanos, Runnable work);

  /** The same on yet another thread, for work in which an application's own code may run. */
  Runnable scheduleTimeout(long delayNanos, Runnable work);

  /** Whether the calling thread is one of those that end with {@link #shutdown}. */
  default boolean isOwnThread() {
    return false;
  }

  /**
   * Drops what is waiting for its time, and waits at most this long for what is running, also on an interrupted thread,
   * whose interrupt is kept.
   */
  void shutdown(Duration patience);
}
