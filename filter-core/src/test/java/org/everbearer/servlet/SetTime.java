package org.everbearer.servlet;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread of a stream, whose time stands still until the test moves it; what is due runs on the test's. */
final class SetTime extends ScheduledThreadPoolExecutor {
  private record Due(long at, long number, Runnable work) {}

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
  private long now;
  private long number;

  SetTime() {
    super(0);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    queue.add(new Due(now + unit.toMillis(delay), number++, work));
    return null;
  }

  /** Lets this time go by, and runs what becomes due, in order. A failure ends that work alone, as it does there. */
  void advance(long millis) {
    long end = now + millis;
    while (!queue.isEmpty() && queue.peek().at() <= end) {
      Due due = queue.remove();
      now = due.at();
      try {
        due.work().run();
      } catch (RuntimeException swallowedByTheExecutor) {
        // As in life.
      }
    }
    now = end;
  }

  int waiting() {
    return queue.size();
  }
}
