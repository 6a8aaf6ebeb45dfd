package org.everbearer.coordinator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.everbearer.TokenEvent;
import org.everbearer.TokenListener;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/**
 * What one listener has not been told yet, and the thread that tells it: begun when there is something to tell, gone
 * after some idle seconds. However slow or broken a listener is, nobody else notices; what overflows is counted.
 */
final class ListenerQueue {
  static final int CAPACITY = 1024;
  private static final Logger LOG = Loggers.of(ListenerQueue.class);
  static final long IDLE = TimeUnit.SECONDS.toNanos(5);
  private static final long REPORT_PAUSE = TimeUnit.SECONDS.toNanos(1);
  private static final long INTERRUPTED_PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private final TokenListener listener;
  private final ThreadFactory threads;
  private final long idle;
  private final Consumer<ListenerQueue> atRest;

  // All guarded by this object's monitor, under which memory is touched, a thread is begun, and nothing else.
  private final Deque<TokenEvent> waiting = new ArrayDeque<>();
  private TokenEvent last;
  /** Lost since the listener was told of losses, and since others were. */
  private long lost;
  private long unreported;
  private long reportedAt = System.nanoTime() - REPORT_PAUSE;
  /** The one that was begun last; it may have ended. */
  private Thread thread;
  private boolean serving;
  private boolean closed;

  /**
   * @param idle for how many nanoseconds a thread waits for more
   * @param atRest is called by the thread when the listener has been told everything
   */
  ListenerQueue(TokenListener listener, ThreadFactory threads, long idle, Consumer<ListenerQueue> atRest) {
    this.listener = listener;
    this.threads = threads;
    this.idle = idle;
    this.atRest = atRest;
  }

  TokenListener listener() {
    return listener;
  }

  String listenerName() {
    return listener.getClass().getName();
  }

  /** Never waits for the listener, and never throws. */
  void offer(TokenEvent event) {
    try {
      enqueue(event);
    } catch (Throwable noMemory) {
      lose();
    }
  }

  private synchronized void enqueue(TokenEvent event) {
    if (closed) return;
    // After a loss there is room again when half is done, so that what is lost is a few long gaps and not many short ones.
    if (waiting.size() >= (lost == 0 ? CAPACITY : CAPACITY / 2)) {
      lose();
      return;
    }
    if (lost > 0) {
      waiting.addLast(event.afterDropped(lost, listenerName()));
      lost = 0;
    }
    waiting.addLast(event);
    wake();
  }

  private synchronized void lose() {
    lost++;
    unreported++;
  }

  private void wake() {
    if (serving) {
      notifyAll();
      return;
    }
    try {
      Thread before = thread;
      Thread made = threads.newThread(() -> serve(before));
      made.start();
      thread = made;
      serving = true;
    } catch (Throwable noThread) {
      // None is to be had now. What waits is told by the one that the next event begins, or the end.
    }
  }

  private void serve(Thread before) {
    // It has told everything, and may still be on its way out: no two at a time.
    if (before != null) join(before, System.nanoTime() + IDLE);
    boolean done = false;
    try {
      for (TokenEvent event = next(); event != null; event = next()) {
        tell(event);
        if (isEmpty()) atRest.accept(this);
      }
      done = true;
    } finally {
      if (!done) stopServing();
    }
  }

  /** Null when this thread may go. */
  private synchronized TokenEvent next() {
    long until = System.nanoTime() + idle;
    while (true) {
      TokenEvent next = waiting.pollFirst();
      if (next == null && lost > 0 && last != null) {
        next = last.afterDropped(lost, listenerName());
        lost = 0;
      }
      if (next != null) {
        last = next;
        return next;
      }
      long left = until - System.nanoTime();
      if (closed || left <= 0) {
        serving = false;
        return null;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        // A listener has left the flag behind: it means nothing here.
      }
    }
  }

  private synchronized boolean isEmpty() {
    return waiting.isEmpty() && lost == 0;
  }

  private synchronized void stopServing() {
    serving = false;
  }

  private void tell(TokenEvent event) {
    try {
      listener.onEvent(event);
    } catch (Throwable thrown) {
      try {
        LOG.warn("{}: the listener {} failed on {}", event.client(), listenerName(), event.type(), thrown);
      } catch (Throwable noLog) {
        // Then nobody can be told of it.
      }
    }
  }

  /**
   * How many losses others have not been told of, if it is time to tell them: at most once a second.
   *
   * @param now whether it is time in any case
   */
  synchronized long lossesToReport(boolean now) {
    if (unreported == 0 || !now && System.nanoTime() - reportedAt < REPORT_PAUSE) return 0;
    long losses = unreported;
    unreported = 0;
    reportedAt = System.nanoTime();
    return losses;
  }

  /** Takes no more; what waits is told still. */
  synchronized void close() {
    closed = true;
    if (serving || !waiting.isEmpty()) wake();
  }

  /**
   * After {@link #close}: waits for the thread's end, also where the caller is interrupted. A listener that holds it
   * beyond the deadline is interrupted, and the rest is not told.
   */
  void awaitEnd(long deadline) {
    Thread running = running();
    if (running == null || running == Thread.currentThread() || join(running, deadline)) return;
    giveUp();
    running.interrupt();
    if (join(running, System.nanoTime() + INTERRUPTED_PATIENCE)) return;
    LOG.warn("The listener {} does not return from onEvent: its thread {} is left behind", listenerName(),
        running.getName());
  }

  private synchronized Thread running() {
    return thread;
  }

  private synchronized void giveUp() {
    waiting.clear();
    lost = 0;
  }

  /** Whether the thread has ended by then. Not cut short by an interruption, which is remembered. */
  static boolean join(Thread thread, long deadline) {
    boolean interrupted = false;
    try {
      while (thread.isAlive()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) return false;
        try {
          thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }
}
