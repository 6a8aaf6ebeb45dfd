package org.everbearer.refresh;

import java.net.URI;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.AudValidator;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.IssValidator;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

import static java.util.Collections.singleton;

/**
 * Checks an access token that was just received: its signature, its issuer, its audience. Not its times: a server may
 * hand out a token that is expired by our clock, and a wrong clock here must not lock anybody out.
 */
final class TokenVerifier {
  // Keys that anybody can verify with; with a symmetric one, who can check a token could have made it.
  private static final AlgorithmConstraints ASYMMETRIC = new AlgorithmConstraints(ConstraintType.PERMIT,
      AlgorithmIdentifiers.RSA_USING_SHA256, AlgorithmIdentifiers.RSA_USING_SHA384,
      AlgorithmIdentifiers.RSA_USING_SHA512, AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
      AlgorithmIdentifiers.RSA_PSS_USING_SHA384, AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
      AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256, AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
      AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512, AlgorithmIdentifiers.EDDSA);

  private final VerificationKeys keys;
  private final String issuer;
  private final String audience;

  TokenVerifier(VerificationKeys keys, String issuer, String audience) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
  }

  /** @return null if nothing is to be verified */
  static TokenVerifier of(String jwksUri, String issuer, String audience, boolean metadata, boolean allowInsecure) {
    if (jwksUri == null && issuer == null && audience == null) return null;
    if (jwksUri == null && !metadata) {
      throw new IllegalArgumentException("an expected issuer or audience is checked only together with the signature:"
          + " jwksUri is missing");
    }
    URI uri = jwksUri == null ? null : EndpointUri.parse(jwksUri, allowInsecure);
    return new TokenVerifier(new VerificationKeys(uri, System::nanoTime), issuer, audience);
  }

  /** Gets the keys, so that a refresh is not begun whose result could not be checked. */
  void prepare(TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    keys.prepare(http, target, deadline);
  }

  /** The same tokens, or what {@link TokenResponse#unusable} says if the access token is not to be trusted. */
  TokenSet checked(TokenSet tokens, TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    if (tokens.accessToken() == null) return tokens;
    try {
      String problem = problem(tokens.accessToken());
      // The keys may have been rotated since they were fetched.
      if (problem != null && keys.refetch(http, target, deadline)) problem = problem(tokens.accessToken());
      if (problem == null) return tokens;
      throw new TokenException(Reason.CONFIGURATION, "the access token from " + EndpointUri.describe(target.uri())
          + " is not accepted: " + problem);
    } catch (TokenException e) {
      throw TokenResponse.unusable(tokens.refreshToken(), e);
    }
  }

  /** What is wrong with the token, or null. */
  private String problem(String accessToken) {
    JwtConsumerBuilder consumer = new JwtConsumerBuilder()
        .setVerificationKeyResolver(keys.resolver())
        .setJwsAlgorithmConstraints(ASYMMETRIC)
        .setSkipAllDefaultValidators();
    if (issuer != null) consumer.registerValidator(new IssValidator(issuer, true));
    if (audience != null) consumer.registerValidator(new AudValidator(singleton(audience), true));
    try {
      consumer.build().processToClaims(accessToken);
      return null;
    } catch (InvalidJwtException e) {
      // Not its message, nor its causes: they quote the token.
      if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
        return "its issuer is not " + issuer;
      }
      if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
        return "it is not meant for the audience " + audience;
      }
      return "it is no JWT that is signed with one of the keys at jwksUri";
    } catch (RuntimeException e) {
      // A token that breaks the parser must not make us lose the refresh token that came with it.
      return "it is no readable JWT";
    }
  }
}
