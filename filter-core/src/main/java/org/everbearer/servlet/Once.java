package org.everbearer.servlet;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A value that is made by the first who asks while all others wait for it: exactly once, with no lock held meanwhile. A
 * failure goes to all who wait, and is not kept: whoever asks next tries again.
 */
final class Once<T> {
  private final Callable<T> maker;
  private final AtomicReference<FutureTask<T>> task = new AtomicReference<>();

  Once(Callable<T> maker) {
    this.maker = maker;
  }

  T get() throws ExecutionException, InterruptedException {
    while (true) {
      FutureTask<T> current = task.get();
      if (current == null) {
        FutureTask<T> mine = new FutureTask<>(maker);
        if (!task.compareAndSet(null, mine)) continue;
        mine.run();
        current = mine;
      }
      try {
        return current.get();
      } catch (ExecutionException e) {
        task.compareAndSet(current, null);
        throw e;
      }
    }
  }
}
