package org.everbearer.runner;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the library's configuration spells them: {@code 500ms}, {@code 20s}, {@code 5m}, {@code 1h}, ISO-8601. */
final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,15})(ms|s|m|h)");

  private Durations() {
  }

  /** @throws IllegalArgumentException if the text is no duration */
  static Duration parse(String text) {
    Matcher matcher = SHORT.matcher(text.toLowerCase(Locale.ROOT));
    try {
      if (!matcher.matches()) return Duration.parse(text);
      long count = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(count);
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        default -> Duration.ofHours(count);
      };
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("not a duration: write 500ms, 20s, 5m, 1h or ISO-8601 (PT20S)", e);
    }
  }

  /** The shortest spelling that {@link #parse} reads back. */
  static String format(Duration duration) {
    if (duration.toMillisPart() != 0) return duration.toMillis() + "ms";
    if (duration.toSecondsPart() != 0) return duration.toSeconds() + "s";
    return duration.toMinutesPart() != 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
  }
}
