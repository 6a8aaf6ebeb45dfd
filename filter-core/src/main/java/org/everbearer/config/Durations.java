package org.everbearer.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 0}, or ISO-8601. */
final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
  private static final Pattern ALMOST = Pattern.compile("(\\d{1,12})\\s*([A-Za-z]*)");
  private static final String RULE = "must be a duration such as 500ms, 30s, 5m, 1h or PT5M (ISO-8601)";

  private Durations() {}

  /** @throws IllegalArgumentException whose message states the rule and, where it can, the right spelling */
  static Duration parse(String text) {
    if (text.equals("0")) return Duration.ZERO;
    Matcher m = SHORT.matcher(text);
    if (m.matches()) return of(Long.parseLong(m.group(1)), m.group(2));
    try {
      Duration iso = Duration.parse(text);
      if (iso.isNegative()) throw new IllegalArgumentException(RULE + " and cannot be negative");
      return iso;
    } catch (DateTimeException neither) {
      throw new IllegalArgumentException(RULE + suggestion(text));
    }
  }

  /** The shortest of the spellings above. */
  static String format(Duration duration) {
    if (duration.isZero()) return "0";
    if (duration.getNano() % 1_000_000 != 0 || duration.getSeconds() > Integer.MAX_VALUE) return duration.toString();
    long millis = duration.toMillis();
    if (millis % 1000 != 0) return millis + "ms";
    long seconds = millis / 1000;
    if (seconds % 3600 == 0) return seconds / 3600 + "h";
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static Duration of(long count, String unit) {
    switch (unit) {
      case "ms": return Duration.ofMillis(count);
      case "s": return Duration.ofSeconds(count);
      case "m": return Duration.ofMinutes(count);
      default: return Duration.ofHours(count);
    }
  }

  private static String suggestion(String text) {
    Matcher m = ALMOST.matcher(text);
    if (!m.matches()) return "";
    String unit = m.group(2);
    if (unit.isEmpty()) return "; the unit is missing: did you mean " + m.group(1) + "s?";
    String lower = unit.toLowerCase(Locale.ROOT);
    String right = lower.startsWith("ms") || lower.startsWith("mil") ? "ms" : lower.substring(0, 1);
    return "smh".contains(right) || right.equals("ms") ? "; did you mean " + m.group(1) + right + "?" : "";
  }
}
