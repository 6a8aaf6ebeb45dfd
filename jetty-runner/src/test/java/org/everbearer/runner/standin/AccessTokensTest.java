package org.everbearer.runner.standin;

import java.time.Duration;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

class AccessTokensTest {
  private static final Duration LIFETIME = Duration.ofSeconds(3);

  private final MovableClock clock = new MovableClock();
  private final AccessTokens tokens = tokens("issuer", "chat");

  @Test
  void token_isGoodUntilTheVeryMomentOfItsExpiry() {
    String token = issue(tokens);
    clock.advance(LIFETIME.minusNanos(1));
    assertNull(tokens.problemWith(token));
    clock.advance(Duration.ofNanos(1));
    assertEquals("The access token expired", tokens.problemWith(token));
  }

  @Test
  void token_issuedInTheMiddleOfASecondLivesNoShorter() {
    clock.advance(Duration.ofMillis(999));
    String token = issue(tokens);
    clock.advance(LIFETIME.minusNanos(1));
    assertNull(tokens.problemWith(token));
  }

  @Test
  void token_ofAnotherKeyIssuerOrAudienceIsRefused() {
    assertNotNull(tokens.problemWith(issue(tokens("issuer", "chat"))));
    assertNotNull(tokens.problemWith("garbage"));
    assertNotNull(tokens.problemWith(""));
    String token = issue(tokens);
    assertNotNull(tokens.problemWith(token.substring(0, token.length() - 8) + "AAAAAAAA"));
    // An unsigned one: {"alg":"none"}
    assertNotNull(tokens.problemWith("eyJhbGciOiJub25lIn0." + token.split("\\.")[1] + "."));
  }

  @Test
  void revocation_hitsWhatWasIssuedSoFar() {
    String before = issue(tokens);
    assertEquals(1, tokens.revokeAll());
    String after = issue(tokens);
    assertEquals("The access token was revoked", tokens.problemWith(before));
    assertNull(tokens.problemWith(after));
  }

  @Test
  void revocation_doesNotCountExpiredTokens() {
    issue(tokens);
    clock.advance(LIFETIME);
    assertEquals(0, tokens.revokeAll());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256"})
  void token_verifiesAgainstThePublishedKeysAndHoldsTheClaims(String algorithm) throws Exception {
    AccessTokens signer = new AccessTokens(clock, LIFETIME, algorithm, "issuer", "chat");
    JwtClaims claims = new JwtConsumerBuilder()
        .setVerificationKeyResolver(new JwksVerificationKeyResolver(new JsonWebKeySet(signer.jwks()).getJsonWebKeys()))
        .setExpectedIssuer("issuer").setExpectedAudience("chat").setSkipAllDefaultValidators().build()
        .processToClaims(signer.issue("user_1", "org_1", "session_1", "chat:write"));
    assertEquals("user_1", claims.getSubject());
    assertEquals("org_1", claims.getStringClaimValue("org_id"));
    assertEquals("session_1", claims.getStringClaimValue("sid"));
    assertEquals("chat:write", claims.getStringClaimValue("scope"));
    assertEquals(clock.instant().getEpochSecond(), claims.getIssuedAt().getValue());
    assertEquals(clock.instant().plus(LIFETIME).getEpochSecond(), claims.getExpirationTime().getValue());
    assertNotNull(claims.getJwtId());
  }

  @Test
  void publishedKeys_holdNothingPrivate() {
    assertFalse(tokens.jwks().contains("\"d\""), tokens.jwks());
  }

  @Test
  void tokensOfTheSameMoment_differ() {
    assertNotEquals(issue(tokens), issue(tokens));
  }

  private static String issue(AccessTokens from) {
    return from.issue("user_1", "org_1", "session_1", null);
  }

  private AccessTokens tokens(String issuer, String audience) {
    return new AccessTokens(clock, LIFETIME, "ES256", issuer, audience);
  }
}
