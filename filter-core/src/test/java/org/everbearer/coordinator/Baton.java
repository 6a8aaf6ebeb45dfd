package org.everbearer.coordinator;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;

/**
 * Runs work on a thread of its own, but only while the test's thread stands still: the work stops at each
 * {@link #pass} until the test says go on. So one of many threads runs at a time, and the test decides which.
 */
final class Baton {
  private static final String DONE = "done";

  private final ExecutorService thread = Executors.newCachedThreadPool(work -> {
    Thread t = new Thread(work, "baton");
    t.setDaemon(true);
    return t;
  });
  private Channel channel;
  /** The last point that the work has passed or stopped at. */
  String at = DONE;

  private static final class Channel {
    private final SynchronousQueue<String> toTest = new SynchronousQueue<>();
    private final SynchronousQueue<Boolean> toWork = new SynchronousQueue<>();
    private volatile boolean abandoned;
  }

  private static final ThreadLocal<Channel> MINE = new ThreadLocal<>();

  /** Runs the work up to its first stop, or to its end. */
  void start(Runnable work) {
    Channel fresh = new Channel();
    channel = fresh;
    thread.execute(() -> {
      MINE.set(fresh);
      try {
        work.run();
      } catch (Crash crash) {
        return;
      }
      if (!fresh.abandoned) put(fresh.toTest, DONE);
    });
    at = take(fresh.toTest);
  }

  /** Whether work has stopped midway. */
  boolean isInside() {
    return channel != null && !at.equals(DONE);
  }

  void goOn() {
    put(channel.toWork, true);
    at = take(channel.toTest);
  }

  /** The process dies: the work never goes on, and nothing it would have done happens. */
  void abandon() {
    channel.abandoned = true;
    put(channel.toWork, false);
    at = DONE;
  }

  void stop() {
    if (isInside()) abandon();
    thread.shutdownNow();
  }

  /** Called by the work of any baton: here somebody else may come between. Elsewhere it does nothing. */
  static void pass(String point) {
    Channel current = MINE.get();
    if (current == null) return;
    if (current.abandoned) throw new Crash();
    put(current.toTest, point);
    if (!take(current.toWork)) throw new Crash();
  }

  private static <T> void put(SynchronousQueue<T> queue, T item) {
    try {
      queue.put(item);
    } catch (InterruptedException e) {
      throw new Crash();
    }
  }

  private static <T> T take(SynchronousQueue<T> queue) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw new Crash();
    }
  }

  /** Ends the thread of a process that has died. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }
}
