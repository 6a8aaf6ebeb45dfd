package org.everbearer.refresh;

import com.google.gson.JsonElement;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.everbearer.JwtClaims;

/**
 * How long a token lives from its receipt on: never by the local clock, which may be wrong.
 *
 * <p>What the server says of the lifetime ({@code expires_in}) is best. Otherwise there are three moments: {@code iat}
 * and {@code exp} by the issuer's clock, and the reply's {@code Date}, which may be a proxy's and hours off. The token
 * was given {@code exp − iat}, and by {@code Date} it is {@code Date − iat} old:
 * <ul>
 *   <li>Younger than nothing: a reply cannot be older than its token, so {@code Date} is another clock. It has all that
 *       it was given.
 *   <li>At most {@link #LATEST_REPLAY} old: a first answer, whose token is no more than a moment old, or the reply to a
 *       lost one, repeated. It has {@code exp − Date}, which may be nothing.
 *   <li>Older, and over: nobody hands out a token so long after its end, so {@code Date} is another clock.
 *   <li>Older, and not over: a server that hands out one token until it ends, or {@code Date} is another clock. It has
 *       {@code exp − Date}, but not less than a tenth of what it was given: so a wrong clock makes no storm of
 *       refreshes, and a token near its end is not served longer than that tenth beyond it.
 * </ul>
 *
 * <p>All three count whole seconds. The fractions of {@code iat} and {@code exp} cancel each other out, and that of
 * {@code Date} may make what is left up to a second too long. It is left in: {@code expirationMargin} is there for
 * stopping before the end, and of a token that lives for two seconds one would be half of its life.
 */
final class Lifetime {
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
  /** Longer than any token lives, and short enough to be added to any time. */
  private static final Duration LONGEST = Duration.ofDays(36_525);
  /** The longest window in which any known server answers a spent refresh token with the same pair. */
  private static final Duration LATEST_REPLAY = Duration.ofMinutes(5);
  private static final int LEAST_SHARE = 10;

  private Lifetime() {}

  /**
   * @param expiresIn the reply's member, or null
   * @param date the reply's Date header, or null
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
    Duration given = claims.lifetime() == null ? null : bounded(claims.lifetime());
    if (date == null || claims.expiresAt() == null) return given;
    Duration left = bounded(Duration.between(date, claims.expiresAt()));
    return given == null ? left : weighed(given, left);
  }

  private static Duration weighed(Duration given, Duration left) {
    Duration age = given.minus(left);
    if (age.isNegative()) return given;
    if (age.compareTo(LATEST_REPLAY) <= 0) return left;
    if (left.isNegative() || left.isZero()) return given;
    Duration least = given.dividedBy(LEAST_SHARE);
    return left.compareTo(least) < 0 ? least : left;
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
