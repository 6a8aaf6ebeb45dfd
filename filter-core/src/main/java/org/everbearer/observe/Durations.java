package org.everbearer.observe;

import java.time.Duration;

/** Durations as people say them. */
final class Durations {
  private Durations() {}

  /** The two largest units, as in {@code 4 min 10 s}; below ten seconds with a decimal. */
  static String words(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 1000) return millis + " ms";
    long seconds = millis / 1000;
    if (seconds < 10) return seconds + "." + millis % 1000 / 100 + " s";
    if (seconds < 60) return seconds + " s";
    if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
    if (seconds < 86_400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
