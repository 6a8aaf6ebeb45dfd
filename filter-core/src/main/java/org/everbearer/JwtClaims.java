package org.everbearer;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * What an access token says of itself, if it is a JWT (RFC 7519). Read without checking the signature: good for
 * planning when to refresh, good for nothing that grants access. Immutable.
 *
 * <p>Reading one costs some 100 KB of garbage: do it once per token.
 */
public final class JwtClaims {
  // Stateless once built and documented as safe for concurrent use.
  private static final JwtConsumer UNVERIFIED = new JwtConsumerBuilder()
      .setSkipAllValidators()
      .setSkipSignatureVerification()
      .setDisableRequireSignature()
      .setJwsAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS)
      .build();
  private static final JwtClaims NONE = new JwtClaims(null);

  private final org.jose4j.jwt.JwtClaims claims;

  private JwtClaims(org.jose4j.jwt.JwtClaims claims) {
    this.claims = claims;
  }

  /** The claims of the token; all of them absent if it is null, opaque, encrypted or broken. Never throws. */
  public static JwtClaims of(String accessToken) {
    if (accessToken == null || accessToken.indexOf('.') < 0) return NONE;
    try {
      return new JwtClaims(UNVERIFIED.processToClaims(accessToken));
    } catch (InvalidJwtException opaque) {
      return NONE;
    }
  }

  /** When the token expires ({@code exp}), or null. */
  public Instant expiresAt() {
    return time("exp");
  }

  /** When the token was issued ({@code iat}), or null. */
  public Instant issuedAt() {
    return time("iat");
  }

  /** {@code exp − iat}, or null if one of them is missing or the difference is not positive. */
  public Duration lifetime() {
    Instant from = issuedAt();
    Instant to = expiresAt();
    return from == null || to == null || !from.isBefore(to) ? null : Duration.between(from, to);
  }

  /** A claim that is a string, or null. */
  public String string(String name) {
    Object value = claims == null ? null : claims.getClaimValue(name);
    return value instanceof String ? (String) value : null;
  }

  /**
   * For whom the token says it is good, for a person to compare: audience, issuer and scope; null if it says nothing.
   *
   * @param shown makes the value of a claim fit to be shown: it may be long, and may hold line breaks
   */
  public String purpose(UnaryOperator<String> shown) {
    if (claims == null) return null;
    Object scope = claims.getClaimValue("scope") == null ? claims.getClaimValue("scp") : claims.getClaimValue("scope");
    return "The token says: audience " + shown.apply(String.valueOf(claims.getClaimValue("aud"))) + ", issuer "
        + shown.apply(String.valueOf(claims.getClaimValue("iss"))) + ", scope " + shown.apply(String.valueOf(scope));
  }

  private Instant time(String name) {
    if (claims == null) return null;
    try {
      NumericDate date = claims.getNumericDateClaimValue(name);
      return date == null ? null : Instant.ofEpochMilli(Math.multiplyExact(date.getValue(), 1000L));
    } catch (MalformedClaimException | ArithmeticException notATime) {
      return null;
    }
  }
}
