package org.everbearer.config;

import static org.everbearer.config.Parameters.ACCESS_TOKEN;
import static org.everbearer.config.Parameters.REFRESH_TOKEN;

import java.time.Instant;
import java.util.regex.Pattern;
import org.everbearer.JwtClaims;

/** What the configured first pair looks like that it hardly should. Says nothing of the tokens themselves. */
final class TokenCautions {
  /** A JWS whose header and claims begin as JSON objects do. */
  private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]*\\.eyJ[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");

  private TokenCautions() {}

  static void apply(Settings settings, Protocol protocol) {
    String refresh = settings.get(REFRESH_TOKEN);
    if (refresh == null) return;
    if (refresh.regionMatches(true, 0, "Bearer ", 0, 7)) {
      warn(settings, REFRESH_TOKEN, "begins with \"Bearer \", which is no part of a token; cut that off");
    } else if (refresh.length() > 1 && isQuote(refresh.charAt(0)) && refresh.endsWith(refresh.substring(0, 1))) {
      warn(settings, REFRESH_TOKEN, "stands in quotes, which are no part of a token; take them away");
    }
    String access = settings.get(ACCESS_TOKEN);
    if (access == null) return;
    if (access.equals(refresh)) {
      warn(settings, REFRESH_TOKEN, "is the same as accessToken; copy each from its own place");
    } else if (areExchanged(access, refresh)) {
      warn(settings, REFRESH_TOKEN, "looks like the access token, and accessToken like the refresh token; exchange the"
          + " two");
    } else if (hasUnknownEnd(settings, protocol, access)) {
      warn(settings, ACCESS_TOKEN, "has no exp that can be read, from which protocol=refresh-session learns when a"
          + " token ends, so every one of this kind is renewed after five minutes or when it is rejected; if the"
          + " endpoint's reply says how long it lives, name that: expiresInPath");
    }
  }

  private static void warn(Settings settings, Parameter<?> parameter, String caution) {
    settings.warnings().add(settings.label(parameter) + ": " + caution);
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }

  /** By their kinds; or, where both are JWTs, because the one that should last longer ends first. */
  private static boolean areExchanged(String access, String refresh) {
    if (!JWT.matcher(refresh).matches()) return false;
    if (!JWT.matcher(access).matches()) return true;
    Instant accessEnd = JwtClaims.of(access).expiresAt();
    Instant refreshEnd = JwtClaims.of(refresh).expiresAt();
    return accessEnd != null && refreshEnd != null && refreshEnd.isBefore(accessEnd);
  }

  private static boolean hasUnknownEnd(Settings settings, Protocol protocol, String access) {
    return protocol == Protocol.REFRESH_SESSION && !settings.isGiven(Parameters.EXPIRES_IN_PATH)
        && JwtClaims.of(access).expiresAt() == null;
  }
}
