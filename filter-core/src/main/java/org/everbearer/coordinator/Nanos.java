package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations as nanoseconds that can be added to a clock reading and compared without overflow. */
final class Nanos {
  /** A hundred years: as good as for ever, and far from the 292 years at which a difference of readings wraps. */
  static final long MAX = TimeUnit.DAYS.toNanos(36_500);

  private Nanos() {}

  static long of(Duration duration) {
    if (duration.getSeconds() >= MAX / 1_000_000_000L) return MAX;
    if (duration.getSeconds() <= -MAX / 1_000_000_000L) return -MAX;
    return duration.toNanos();
  }

  static long ofMillis(long millis) {
    return Math.max(-MAX, Math.min(MAX, TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  static long toMillis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
