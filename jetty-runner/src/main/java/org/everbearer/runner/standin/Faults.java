package org.everbearer.runner.standin;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** What goes wrong at the identity server on request. Thread-safe; measured by the monotonic clock. */
final class Faults {
  private record Down(long untilNanos, Outage kind) {
  }

  /** @param untilNanos when it ends, or null for never */
  private record Slow(Duration latency, Long untilNanos) {
  }

  private final AtomicInteger repliesToLose = new AtomicInteger();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
  private volatile Down down = new Down(System.nanoTime(), Outage.UNAVAILABLE);
  private volatile Slow slow;
  private volatile double shareToLose;

  Faults(Duration latency) {
    slow(latency);
  }

  void outage(Duration length, Outage kind) {
    down = new Down(System.nanoTime() + length.toNanos(), kind);
  }

  void slow(Duration latency) {
    slow = new Slow(latency, null);
  }

  void slow(Duration latency, Duration length) {
    slow = new Slow(latency, System.nanoTime() + length.toNanos());
  }

  void loseNextReply() {
    repliesToLose.incrementAndGet();
  }

  void loseReplies(double share) {
    shareToLose = share;
  }

  void failNext(int status) {
    statuses.add(status);
  }

  boolean isDown() {
    return secondsLeft(down) > 0;
  }

  /** Answers in the outage's way. */
  void turnAway(Exchange exchange) throws IOException {
    Down now = down;
    if (now.kind == Outage.DROP) throw new ConnectionDrop();
    if (now.kind == Outage.RETRY_AFTER) exchange.header("Retry-After", Long.toString(Math.max(1, secondsLeft(now))));
    exchange.error(503, "temporarily_unavailable", "an outage on request");
  }

  void delay() {
    Slow now = slow;
    boolean over = now.untilNanos != null && System.nanoTime() - now.untilNanos >= 0;
    long millis = now.latency.toMillis();
    if (over || millis == 0) return;
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The status that the next refresh fails with, or null. */
  Integer nextFailure() {
    return statuses.poll();
  }

  boolean losesReply() {
    return repliesToLose.getAndUpdate(count -> Math.max(0, count - 1)) > 0
        || ThreadLocalRandom.current().nextDouble() < shareToLose;
  }

  /** Rounded up, so that 0 means that it is over. */
  private static long secondsLeft(Down down) {
    return -Math.floorDiv(System.nanoTime() - down.untilNanos, 1_000_000_000L);
  }
}
