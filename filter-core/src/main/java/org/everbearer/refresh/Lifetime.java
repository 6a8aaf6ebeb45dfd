package org.everbearer.refresh;

import com.google.gson.JsonElement;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.everbearer.JwtClaims;

/** How long a token lives from its receipt on: never by the local clock, which may be wrong. */
final class Lifetime {
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
  /** Longer than any token lives, and short enough to be added to any time. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private static final Duration DATE_RESOLUTION = Duration.ofSeconds(1);

  private Lifetime() {}

  /**
   * @param expiresIn the reply's member, or null
   * @param date the reply's Date header, or null; better than {@code iat}, as a replayed reply carries an older token
   * @return what is left, zero and negative included; null if nothing tells
   */
  static Duration of(JsonElement expiresIn, String accessToken, Instant date) {
    Duration said = seconds(expiresIn);
    if (said != null) return bounded(said);
    try {
      return byClaims(JwtClaims.of(accessToken), date);
    } catch (ArithmeticException beyondAllTime) {
      // Tokens were handed out: whatever an odd claim does, they must not be lost for it.
      return null;
    }
  }

  private static Duration byClaims(JwtClaims claims, Instant date) {
    if (date != null && claims.expiresAt() != null) {
      Duration left = bounded(Duration.between(date, claims.expiresAt()));
      // The header has whole seconds: it was up to one second later than it says.
      return left.compareTo(DATE_RESOLUTION) > 0 ? left.minus(DATE_RESOLUTION) : left;
    }
    return claims.lifetime() == null ? null : bounded(claims.lifetime());
  }

  private static Duration seconds(JsonElement element) {
    if (element == null || !element.isJsonPrimitive() || element.getAsJsonPrimitive().isBoolean()) return null;
    String text = element.getAsString().trim();
    if (!NUMBER.matcher(text).matches()) return null;
    double seconds = Double.parseDouble(text);
    if (Double.isInfinite(seconds)) return null;
    double longest = LONGEST.getSeconds();
    return Duration.ofMillis((long) (Math.max(-longest, Math.min(longest, seconds)) * 1000));
  }

  private static Duration bounded(Duration d) {
    if (d.compareTo(LONGEST) > 0) return LONGEST;
    return d.compareTo(LONGEST.negated()) < 0 ? LONGEST.negated() : d;
  }
}
