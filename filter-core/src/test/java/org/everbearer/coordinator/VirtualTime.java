package org.everbearer.coordinator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Clocks that stand still until they are moved, and a scheduler that runs on the test's own thread. */
final class VirtualTime implements Ticker {
  // Near the wrap of the monotonic clock, so that a comparison without difference shows.
  private long nanos = Long.MAX_VALUE - Duration.ofMinutes(3).toNanos();
  private long wallOffset = 1_700_000_000_000L * 1_000_000 - nanos;
  private long sequence;
  private final PriorityQueue<Timed> timed =
      new PriorityQueue<>(Comparator.<Timed>comparingLong(t -> t.sinceStart).thenComparingLong(t -> t.number));
  private final Deque<Timed> ready = new ArrayDeque<>();
  private final long start = nanos;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return Math.floorDiv(nanos - start + start0(), 1_000_000);
  }

  private long start0() {
    return start + wallOffset;
  }

  /** Sets the wall clock forward or, with a negative duration, back. */
  void shiftWallClock(Duration by) {
    wallOffset += by.toNanos();
  }

  /** One node's scheduler; its pending work vanishes with {@link Node#kill}. */
  Node node() {
    return new Node();
  }

  /** Runs whatever is due now. */
  void run() {
    int steps = 0;
    while (runOne()) {
      if (++steps > 100_000) throw new AssertionError("the work never comes to rest");
    }
  }

  /** Runs one piece of due work. */
  boolean runOne() {
    Timed next = ready.poll();
    if (next == null && !timed.isEmpty() && timed.peek().sinceStart <= nanos - start) next = timed.poll();
    if (next == null) return false;
    if (next.node.paused) next.node.stalled.add(next);
    else if (next.node.alive && !next.cancelled) next.work.run();
    return true;
  }

  /** How much waits for its time. */
  int waiting() {
    return timed.size();
  }

  /** Moves time on, stopping at each piece of work on the way. */
  void advance(Duration by) {
    long target = nanos - start + by.toNanos();
    run();
    while (!timed.isEmpty() && timed.peek().sinceStart <= target) {
      nanos = Math.max(nanos - start, timed.peek().sinceStart) + start;
      run();
    }
    // Work may have moved it on by itself.
    nanos = Math.max(nanos - start, target) + start;
    run();
  }

  /** Moves time on to the next pending piece of work, at most by this much; false if there is none. */
  boolean advanceToNext(Duration atMost) {
    timed.removeIf(t -> t.cancelled || !t.node.alive);
    if (timed.isEmpty() || timed.peek().sinceStart > nanos - start + atMost.toNanos()) return false;
    nanos = Math.max(nanos - start, timed.peek().sinceStart) + start;
    return true;
  }

  private static final class Timed {
    private final long sinceStart;
    private final long number;
    private final Node node;
    private final Runnable work;
    private boolean cancelled;

    private Timed(long sinceStart, long number, Node node, Runnable work) {
      this.sinceStart = sinceStart;
      this.number = number;
      this.node = node;
      this.work = work;
    }
  }

  final class Node implements Scheduler {
    private boolean alive = true;
    private boolean paused;
    private final List<Timed> stalled = new ArrayList<>();

    void kill() {
      alive = false;
    }

    /** The process stands still: its work waits. */
    void pause() {
      paused = true;
    }

    void goOn() {
      paused = false;
      ready.addAll(stalled);
      stalled.clear();
    }

    @Override
    public void execute(Runnable work, Consumer<Throwable> refused) {
      if (!alive) throw new RejectedExecutionException();
      ready.add(new Timed(nanos - start, sequence++, this, work));
    }

    @Override
    public void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused) {
      alarm(delayNanos, work);
    }

    @Override
    public Runnable scheduleTimeout(long delayNanos, Runnable work) {
      return alarm(delayNanos, work);
    }

    @Override
    public Runnable alarm(long delayNanos, Runnable work) {
      if (!alive) throw new RejectedExecutionException();
      Timed t = new Timed(nanos - start + Math.max(0, delayNanos), sequence++, this, work);
      timed.add(t);
      return () -> t.cancelled = true;
    }

    @Override
    public Runnable scheduleRenewal(long delayNanos, Runnable work) {
      return alarm(delayNanos, work);
    }

    @Override
    public void shutdown(Duration patience) {
      alive = false;
    }
  }
}
