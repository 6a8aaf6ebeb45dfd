package org.everbearer;

import java.time.Duration;

/** Where work runs that no caller waits in. A test passes one whose time stands still until it is moved. */
interface Scheduler {

  /** Runs it on a worker thread, where it may block. */
  void execute(Runnable work);

  /** Runs it on a worker thread after a delay; the returned action calls it off. */
  Runnable schedule(long delayNanos, Runnable work);

  /** Like {@link #schedule}, on a thread of its own: it must run while all workers wait for answers. */
  Runnable scheduleRenewal(long delayNanos, Runnable work);

  /** Drops what is waiting for its time, and waits at most this long for what is running. */
  void shutdown(Duration patience);
}
