package org.everbearer.refresh;

import java.util.regex.Pattern;
import org.everbearer.TokenException.Reason;

/** How one protocol words its replies. Immutable. */
final class Dialect {
  static final Dialect OAUTH =
      new Dialect("access_token", "refresh_token", "expires_in", null, Reason.REJECTED, Reason.CONFIGURATION, null);
  // There is no token to be rejected here: invalid_grant can only mean that this client is not set up for the grant.
  static final Dialect CLIENT_CREDENTIALS =
      new Dialect("access_token", null, "expires_in", null, Reason.CONFIGURATION, Reason.CONFIGURATION, null);

  final String accessTokenPath;
  /** Null to ignore refresh tokens. */
  final String refreshTokenPath;
  /** Null when no reply says it. */
  final String expiresInPath;
  /** Null when nothing but the structure decides. */
  final Pattern deadTokenPattern;
  final Reason invalidGrant;
  /** What a 401 or 403 means whose error code, which it must have, is not known. */
  final Reason unauthorized;
  /** Whether a request may use up what it presents, so that a lost answer matters. */
  final boolean spends;
  /** Whether {@code token_type} means what RFC 6749 says; a home-grown reply may use that name for anything. */
  final boolean checksType;
  /** The {@code issued_token_type} that is wanted beside the usual ones; null where the reply has none. */
  final String issuedTokenType;

  private Dialect(String accessTokenPath, String refreshTokenPath, String expiresInPath, Pattern deadTokenPattern,
      Reason invalidGrant, Reason unauthorized, String issuedTokenType) {
    this.accessTokenPath = accessTokenPath;
    this.refreshTokenPath = refreshTokenPath;
    this.expiresInPath = expiresInPath;
    this.deadTokenPattern = deadTokenPattern;
    this.invalidGrant = invalidGrant;
    this.unauthorized = unauthorized;
    this.spends = refreshTokenPath != null;
    this.checksType = unauthorized == Reason.CONFIGURATION;
    this.issuedTokenType = issuedTokenType;
  }

  static Dialect session(String accessToken, String refreshToken, String expiresIn, Pattern deadToken) {
    return new Dialect(accessToken, refreshToken, expiresIn, deadToken, Reason.REJECTED, Reason.REJECTED, null);
  }

  static Dialect exchange(String requestedTokenType) {
    return new Dialect("access_token", null, "expires_in", null, Reason.REJECTED, Reason.CONFIGURATION,
        requestedTokenType == null ? TokenExchange.ACCESS_TOKEN : requestedTokenType);
  }

  /** @throws IllegalArgumentException if it cannot be the name of a JSON member here */
  static String name(String value) {
    if (value.trim().isEmpty()) throw new IllegalArgumentException("the name of a JSON member must not be empty");
    return value;
  }

  /** @throws IllegalArgumentException if it is not names between dots */
  static String path(String value) {
    if (!value.matches("[^.\\s]+(\\.[^.\\s]+)*")) {
      throw new IllegalArgumentException("a path is names of JSON members with dots between, like data.accessToken: "
          + value);
    }
    return value;
  }
}
