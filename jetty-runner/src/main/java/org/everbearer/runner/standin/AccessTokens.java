package org.everbearer.runner.standin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** Issues signed access tokens (RFC 9068 in spirit) and checks them as a resource server does. Thread-safe. */
final class AccessTokens {
  private final Clock clock;
  private final Duration lifetime;
  private final String issuer;
  private final String audience;
  private final PublicJsonWebKey key;
  /** Expiry by {@code jti}, of the tokens that can still be used. */
  private final Map<String, Instant> live = new ConcurrentHashMap<>();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final AtomicLong issued = new AtomicLong();

  AccessTokens(Clock clock, Duration lifetime, String algorithm, String issuer, String audience) {
    this.clock = clock;
    this.lifetime = lifetime;
    this.issuer = issuer;
    this.audience = audience;
    this.key = generateKey(algorithm);
  }

  /** A token for this server's own chat API. */
  String issue(String subject, String organization, String session) {
    return issue(subject, organization, session, null, audience);
  }

  String issue(String subject, String organization, String session, String scope, String tokenAudience) {
    Instant now = clock.instant();
    Instant expiry = wholeSecond(now.plus(lifetime));
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(issuer);
    claims.setSubject(subject);
    claims.setAudience(tokenAudience);
    claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
    claims.setExpirationTime(NumericDate.fromSeconds(expiry.getEpochSecond()));
    String id = UUID.randomUUID().toString();
    claims.setJwtId(id);
    if (organization != null) claims.setStringClaim("org_id", organization);
    if (session != null) claims.setStringClaim("sid", session);
    if (scope != null) claims.setStringClaim("scope", scope);
    // Now and then is enough; each time would cost a look at all of them.
    if (issued.incrementAndGet() % 1000 == 0) forgetExpired(now);
    live.put(id, expiry);
    return sign(claims);
  }

  /** Who accepts its tokens. */
  String audience() {
    return audience;
  }

  /** What is wrong with the token, in words for an {@code error_description}; null if nothing is. */
  String problemWith(String token) {
    try {
      JwtClaims claims = new JwtConsumerBuilder()
          .setVerificationKey(key.getPublicKey())
          .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, key.getAlgorithm())
          .setExpectedIssuer(issuer)
          .setExpectedAudience(audience)
          .setRequireExpirationTime()
          .setRequireJwtId()
          .setAllowedClockSkewInSeconds(0)
          .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
          .build()
          .processToClaims(token);
      return revoked.contains(claims.getJwtId()) ? "The access token was revoked" : null;
    } catch (InvalidJwtException invalid) {
      return invalid.hasExpired() ? "The access token expired" : "The access token is not valid here";
    } catch (MalformedClaimException malformed) {
      return "The access token is not valid here";
    }
  }

  /** Whom a token that was found valid stands for. */
  static String subject(String token) {
    try {
      return new JwtConsumerBuilder().setSkipAllValidators().setSkipSignatureVerification().build()
          .processToClaims(token).getSubject();
    } catch (InvalidJwtException | MalformedClaimException e) {
      throw new IllegalArgumentException("not a valid token", e);
    }
  }

  /** Revokes every token that could still be used; how many that were. */
  int revokeAll() {
    forgetExpired(clock.instant());
    return (int) live.keySet().stream().filter(revoked::add).count();
  }

  String jwks() {
    return new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
  }

  /** What {@code expires_in} promises. */
  long expiresIn() {
    return Math.max(1, lifetime.toSeconds());
  }

  private void forgetExpired(Instant now) {
    live.entrySet().removeIf(entry -> {
      if (now.isBefore(entry.getValue())) return false;
      revoked.remove(entry.getKey());
      return true;
    });
  }

  private String sign(JwtClaims claims) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setKey(key.getPrivateKey());
    signature.setKeyIdHeaderValue(key.getKeyId());
    signature.setAlgorithmHeaderValue(key.getAlgorithm());
    signature.setHeader("typ", "at+jwt");
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("cannot sign with " + key.getAlgorithm(), e);
    }
  }

  /** Rounded up, so that a token lives no shorter than {@code expires_in} says: a JWT has whole seconds. */
  private static Instant wholeSecond(Instant time) {
    return time.getNano() == 0 ? time : Instant.ofEpochSecond(time.getEpochSecond() + 1);
  }

  private static PublicJsonWebKey generateKey(String algorithm) {
    try {
      PublicJsonWebKey key = algorithm.startsWith("ES")
          ? EcJwkGenerator.generateJwk(EllipticCurves.P256) : RsaJwkGenerator.generateJwk(2048);
      key.setKeyId(UUID.randomUUID().toString());
      key.setAlgorithm(algorithm);
      key.setUse("sig");
      return key;
    } catch (JoseException e) {
      throw new IllegalStateException("cannot make a key for " + algorithm, e);
    }
  }
}
