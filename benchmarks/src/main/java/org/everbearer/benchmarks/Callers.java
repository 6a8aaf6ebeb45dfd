package org.everbearer.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many threads that begin at the same moment. */
final class Callers {
  /** What became of them, counted from the common start: the slowest, the median, and how many failed. */
  record Outcome(double slowestMillis, double medianMillis, long waited, int failures) {}

  /** A call that takes longer has waited for somebody, and not just for a processor. */
  static final Duration WAITED = Duration.ofMillis(500);

  interface Call {
    void by(int caller) throws Exception;
  }

  private Callers() {}

  static Outcome platform(int count, Call call) throws Exception {
    return together(Executors.newFixedThreadPool(count), count, call);
  }

  /** Null before Java 21. */
  static Outcome virtual(int count, Call call) throws Exception {
    try {
      ExecutorService threads =
          (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      return together(threads, count, call);
    } catch (NoSuchMethodException | InvocationTargetException e) {
      return null;
    }
  }

  private static Outcome together(ExecutorService threads, int count, Call call) throws Exception {
    CountDownLatch arrived = new CountDownLatch(count);
    CountDownLatch start = new CountDownLatch(1);
    long[] began = new long[1];
    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int caller = i;
      all.add(threads.submit(() -> {
        arrived.countDown();
        start.await();
        long mine = System.nanoTime();
        try {
          call.by(caller);
        } catch (Exception e) {
          return -1L;
        }
        long end = System.nanoTime();
        return ((end - began[0]) << 1) | (end - mine > WAITED.toNanos() ? 1 : 0);
      }));
    }
    arrived.await();
    began[0] = System.nanoTime();
    start.countDown();
    List<Long> took = new ArrayList<>();
    int failures = 0;
    long waited = 0;
    for (Future<Long> one : all) {
      long result = one.get();
      if (result < 0) {
        failures++;
      } else {
        took.add(result >> 1);
        waited += result & 1;
      }
    }
    threads.shutdown();
    took.sort(null);
    if (took.isEmpty()) return new Outcome(Double.NaN, Double.NaN, 0, failures);
    return new Outcome(took.get(took.size() - 1) / 1e6, took.get(took.size() / 2) / 1e6, waited, failures);
  }
}
