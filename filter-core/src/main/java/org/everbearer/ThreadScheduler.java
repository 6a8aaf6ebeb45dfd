package org.everbearer;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One timer thread, which only hands over, and at most {@code width} workers, which come when there is work and go when
 * there is none; and a thread that renews leases while workers wait for answers, which comes and goes too. All work passes through the timer thread, so that workers are born of it and not of a request thread
 * whose inheritable thread-locals and class loader they would keep.
 */
final class ThreadScheduler implements Scheduler {
  private static final long WORKER_KEEP_ALIVE_SECONDS = 5;

  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor renewals;

  ThreadScheduler(String client, int width) {
    timer = new ScheduledThreadPoolExecutor(1, named("everbearer-" + client + "-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartAllCoreThreads();
    AtomicInteger number = new AtomicInteger();
    workers = new ThreadPoolExecutor(width, width, WORKER_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(), work -> daemon(work, "everbearer-" + client + "-refresh-" + number.incrementAndGet()));
    workers.allowCoreThreadTimeOut(true);
    renewals = new ScheduledThreadPoolExecutor(1, named("everbearer-" + client + "-lease"));
    renewals.setRemoveOnCancelPolicy(true);
    renewals.setKeepAliveTime(WORKER_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    renewals.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work) {
    timer.execute(() -> workers.execute(work));
  }

  @Override
  public Runnable schedule(long delayNanos, Runnable work) {
    ScheduledFuture<?> pending =
        timer.schedule(() -> workers.execute(work), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> pending.cancel(false);
  }

  @Override
  public Runnable scheduleRenewal(long delayNanos, Runnable work) {
    ScheduledFuture<?> pending = renewals.schedule(work, delayNanos, TimeUnit.NANOSECONDS);
    return () -> pending.cancel(false);
  }

  @Override
  public void shutdown(Duration patience) {
    timer.shutdownNow();
    workers.shutdown();
    try {
      timer.awaitTermination(1, TimeUnit.SECONDS);
      if (!workers.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) workers.shutdownNow();
      workers.awaitTermination(1, TimeUnit.SECONDS);
      renewals.shutdownNow();
      renewals.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      workers.shutdownNow();
      renewals.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  static ThreadFactory named(String name) {
    return work -> daemon(work, name);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(ThreadScheduler.class.getClassLoader());
    return thread;
  }
}
