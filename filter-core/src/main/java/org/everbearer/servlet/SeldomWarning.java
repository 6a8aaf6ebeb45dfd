package org.everbearer.servlet;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A warning for which any request may give cause: written at once, then at most once in ten seconds, with the number of
 * those that were left out. Safe for use by any number of threads.
 */
final class SeldomWarning {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  // Guarded by this object's monitor, which is not held while the line is written.
  private boolean written;
  private long lastAt;
  private long leftOut;

  SeldomWarning(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  void warn(String text) {
    long others;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (written && now - lastAt < PAUSE) {
        leftOut++;
        return;
      }
      written = true;
      lastAt = now;
      others = leftOut;
      leftOut = 0;
    }
    log.accept(others == 0 ? text : text + " (and " + others + " more like this)");
  }
}
