package org.everbearer.coordinator;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One timer thread, which only hands over, and at most {@code width} workers, which come when there is work and go when
 * there is none. A thread that renews leases while workers wait for answers, and one that ends callers' waits, come and
 * go too. All work passes through the timer thread, so that workers are born of it and not of a request thread whose
 * inheritable thread-locals and class loader they would keep.
 */
final class ThreadScheduler implements Scheduler {
  private static final long KEEP_ALIVE_SECONDS = 5;
  private static final Duration AFTERWARDS = Duration.ofSeconds(1);

  /** All that may still run: an executor is terminated a moment before its threads have ended. */
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor renewals;
  private final ThreadPoolExecutor timeouts;

  ThreadScheduler(String client, int width) {
    timer = new ScheduledThreadPoolExecutor(1, noted("everbearer-" + client + "-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartAllCoreThreads();
    AtomicInteger number = new AtomicInteger();
    workers = new ThreadPoolExecutor(width, width, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(), work -> note(daemon(work, "everbearer-" + client + "-refresh-" + number.incrementAndGet())));
    workers.allowCoreThreadTimeOut(true);
    renewals = new ScheduledThreadPoolExecutor(1, noted("everbearer-" + client + "-lease"));
    renewals.setRemoveOnCancelPolicy(true);
    renewals.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    renewals.allowCoreThreadTimeOut(true);
    timeouts = new ThreadPoolExecutor(1, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(), noted("everbearer-" + client + "-timeout"));
    timeouts.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work, Consumer<Throwable> refused) {
    timer.execute(() -> handOver(work, refused));
  }

  @Override
  public void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused) {
    timer.schedule(() -> handOver(work, refused), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
  }

  private void handOver(Runnable work, Consumer<Throwable> refused) {
    try {
      workers.execute(work);
    } catch (Throwable anything) { // an OutOfMemoryError where no thread can be made
      refused.accept(anything);
    }
  }

  @Override
  public Runnable alarm(long delayNanos, Runnable work) {
    return after(timer, delayNanos, work);
  }

  @Override
  public Runnable scheduleRenewal(long delayNanos, Runnable work) {
    return after(renewals, delayNanos, work);
  }

  @Override
  public Runnable scheduleTimeout(long delayNanos, Runnable work) {
    return after(timer, delayNanos, () -> {
      try {
        timeouts.execute(work);
      } catch (Throwable noThread) {
        work.run(); // rather late for others than never
      }
    });
  }

  private static Runnable after(ScheduledThreadPoolExecutor thread, long delayNanos, Runnable work) {
    ScheduledFuture<?> pending = thread.schedule(work, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> pending.cancel(false);
  }

  @Override
  public boolean isOwnThread() {
    return threads.contains(Thread.currentThread());
  }

  @Override
  public void shutdown(Duration patience) {
    timer.shutdownNow();
    workers.shutdown();
    timeouts.shutdownNow();
    end(timer, AFTERWARDS);
    if (!end(workers, patience)) {
      workers.shutdownNow();
      end(workers, AFTERWARDS);
    }
    renewals.shutdownNow();
    end(renewals, AFTERWARDS);
    end(timeouts, AFTERWARDS);
    for (Thread thread : threads) uninterruptibly(AFTERWARDS, left -> join(thread, left));
  }

  private static boolean join(Thread thread, long nanos) throws InterruptedException {
    // Whoever stops the client from one of its own threads cannot wait for its end.
    if (thread != Thread.currentThread()) TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    return !thread.isAlive();
  }

  private static boolean end(ExecutorService threads, Duration bound) {
    return uninterruptibly(bound, left -> threads.awaitTermination(left, TimeUnit.NANOSECONDS));
  }

  interface Wait {
    boolean until(long nanosLeft) throws InterruptedException;
  }

  /** Waits within the bound, on an interrupted thread too, whose interrupt is kept. */
  static boolean uninterruptibly(Duration bound, Wait wait) {
    long until = System.nanoTime() + bound.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return wait.until(until - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private ThreadFactory noted(String name) {
    return work -> note(daemon(work, name));
  }

  private Thread note(Thread thread) {
    threads.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
    threads.add(thread);
    return thread;
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
