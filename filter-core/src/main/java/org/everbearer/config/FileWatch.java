package org.everbearer.config;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/** Looks at a place again and again, from one thread that ends when told so. */
final class FileWatch {
  private static final Logger LOG = Loggers.of(FileWatch.class);
  private static final long LONGEST_LOOK = 5;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Duration interval;
  private final Runnable look;
  private final Thread thread;

  FileWatch(String client, Duration interval, Runnable look) {
    this.interval = interval;
    this.look = look;
    this.thread = new Thread(this::run, "everbearer-" + client + "-watch");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void close() {
    closed.countDown();
    if (!thread.isAlive()) return;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(LONGEST_LOOK));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) lookOnce();
    } catch (InterruptedException e) {
      // Somebody wants this thread to end, and so it does.
    }
  }

  private void lookOnce() {
    try {
      look.run();
    } catch (RuntimeException e) {
      LOG.warn("{} failed and goes on", Thread.currentThread().getName(), e);
    }
  }
}
