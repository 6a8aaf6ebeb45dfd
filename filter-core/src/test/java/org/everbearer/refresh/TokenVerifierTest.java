package org.everbearer.refresh;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.everbearer.refresh.TokenRefresherContract.current;
import static org.everbearer.refresh.TokenRefresherContract.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenVerifierTest {
  // Expired long ago: the times are the coordinator's concern.
  private static final String CLAIMS = "{\"iss\":\"https://id\",\"aud\":[\"x\",\"chat\"],\"iat\":1000,\"exp\":1300}";

  @RegisterExtension
  static final WireMockExtension server = WireMockExtension.newInstance()
      .options(options().dynamicPort().bindAddress("127.0.0.1")).build();

  private static PublicJsonWebKey key;
  private static PublicJsonWebKey other;

  @BeforeAll
  static void keys() throws Exception {
    key = RsaJwkGenerator.generateJwk(2048);
    key.setKeyId("k1");
    other = RsaJwkGenerator.generateJwk(2048);
    other.setKeyId("k2");
  }

  @BeforeEach
  void publish() {
    publish(key);
  }

  private static void publish(PublicJsonWebKey... keys) {
    server.stubFor(get("/jwks").willReturn(json(200, new JsonWebKeySet(keys).toJson())));
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + server.getPort() + path;
  }

  private static TokenEndpoint.Builder endpoint() {
    return TokenEndpoint.builder("test").uri(url("/token")).jwksUri(url("/jwks"))
        .requestTimeout(Duration.ofSeconds(30));
  }

  private static TokenSet refresh(TokenEndpoint.Builder endpoint, String accessToken, String refreshToken)
      throws TokenException {
    server.stubFor(post("/token").willReturn(json(200, OAuthBody.of(accessToken, refreshToken))));
    try (Closing r = new Closing(RefreshTokenGrant.builder(endpoint.build()).build())) {
      return r.refresh(current());
    }
  }

  private static void assertRefused(TokenEndpoint.Builder endpoint, String accessToken, String why)
      throws TokenException {
    TokenException rotated = assertThrows(TokenException.class, () -> refresh(endpoint, accessToken, "next"));
    assertEquals("next", rotated.rotatedRefreshToken());
    TokenException e = assertThrows(TokenException.class, () -> refresh(endpoint, accessToken, null));
    assertEquals(Reason.CONFIGURATION, e.reason());
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertFalse(e.getMessage().contains(accessToken), e.getMessage());
    assertNull(e.getCause());
  }

  private static String good() throws Exception {
    return Jwts.signed(key, "RS256", CLAIMS);
  }

  @Test
  void goodToken_isServedAlsoWhenItsTimesAreOdd() throws Exception {
    TokenSet tokens = refresh(endpoint().expectedIssuer("https://id").expectedAudience("chat"), good(), "next");
    assertEquals(good(), tokens.accessToken());
    assertEquals("next", tokens.refreshToken());
  }

  @Test
  void otherIssuerOrAudience_isNotServed() throws Exception {
    assertRefused(endpoint().expectedIssuer("https://other"), good(), "its issuer is not https://other");
    assertRefused(endpoint().expectedAudience("mail"), good(), "audience mail");
    assertRefused(endpoint().expectedIssuer("https://id"), Jwts.signed(key, "RS256", "{\"sub\":\"x\"}"), "issuer");
    assertRefused(endpoint().expectedAudience("chat"), Jwts.signed(key, "RS256", "{\"sub\":\"x\"}"), "audience");
  }

  @Test
  void otherKey_isNotServed() throws Exception {
    PublicJsonWebKey impostor = RsaJwkGenerator.generateJwk(2048);
    impostor.setKeyId("k1");
    assertRefused(endpoint(), Jwts.signed(impostor, "RS256", CLAIMS), "signed with one of the keys");
    assertRefused(endpoint(), Jwts.signed(other, "RS256", CLAIMS), "signed with one of the keys");
  }

  @Test
  void unsignedOrOpaqueOrSymmetric_isNotServed() throws Exception {
    assertRefused(endpoint(), Jwts.unsigned(CLAIMS), "signed");
    assertRefused(endpoint(), "opaque", "signed");
    // The classic confusion: the public key's bytes as the secret of an HMAC.
    JsonWebSignature hmac = new JsonWebSignature();
    hmac.setPayload(CLAIMS);
    hmac.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    hmac.setKeyIdHeaderValue("k1");
    hmac.setKey(new HmacKey(key.getPublicKey().getEncoded()));
    assertRefused(endpoint(), hmac.getCompactSerialization(), "signed");
  }

  @Test
  void publishedSymmetricKey_isNoKeyToTrust() throws Exception {
    server.stubFor(get("/jwks").willReturn(json(200, "{\"keys\":[" + key.toJson()
        + ",{\"kty\":\"oct\",\"kid\":\"k3\",\"alg\":\"HS256\","
        + "\"k\":\"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE\"}]}")));
    JsonWebSignature hmac = new JsonWebSignature();
    hmac.setPayload(CLAIMS);
    hmac.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    hmac.setKeyIdHeaderValue("k3");
    hmac.setKey(new HmacKey("01234567890123456789012345678901".getBytes(StandardCharsets.US_ASCII)));
    assertRefused(endpoint(), hmac.getCompactSerialization(), "signed");
  }

  @Test
  void tokenWithoutKeyId_isMatchedBySignature() throws Exception {
    publish(other, key);
    PublicJsonWebKey anonymous = PublicJsonWebKey.Factory.newPublicJwk(key.getPublicKey());
    anonymous.setPrivateKey(key.getPrivateKey());
    String token = Jwts.signed(anonymous, "RS256", CLAIMS);
    assertEquals(token, refresh(endpoint(), token, null).accessToken());
  }

  @ParameterizedTest
  @CsvSource({"503,TRANSIENT", "502,TRANSIENT", "504,TRANSIENT", "404,CONFIGURATION", "302,TRANSIENT"})
  void keysNotToBeHad_nothingIsSpent(int status, Reason reason) {
    server.stubFor(get("/jwks").willReturn(aResponse().withStatus(status)));
    TokenException e = assertThrows(TokenException.class, () -> refresh(endpoint(), good(), "next"));
    assertEquals(reason, e.reason());
    server.verify(0, postRequestedFor(anyUrl()));
  }

  @Test
  void garbageInsteadOfKeys_nothingIsSpent() {
    for (String body : new String[] {"{}", "{\"keys\":7}", "{\"keys\":[]}", "[]", "<html>"}) {
      server.stubFor(get("/jwks").willReturn(aResponse().withBody(body)));
      TokenException e = assertThrows(TokenException.class, () -> refresh(endpoint(), good(), "next"));
      assertTrue(e.getMessage().contains("/jwks"), e.getMessage());
    }
    server.verify(0, postRequestedFor(anyUrl()));
  }

  @Test
  void issuersMetadata_namesTheKeys() throws Exception {
    server.stubFor(get("/.well-known/oauth-authorization-server").willReturn(json(200, "{\"issuer\":\"" + url("")
        + "\",\"token_endpoint\":\"" + url("/token") + "\",\"jwks_uri\":\"" + url("/jwks") + "\"}")));
    assertEquals(good(), refresh(TokenEndpoint.builder("test").issuer(url("")).expectedAudience("chat"), good(), null)
        .accessToken());
    assertRefused(TokenEndpoint.builder("test").issuer(url("")).expectedAudience("mail"), good(), "mail");
  }

  @Test
  void rotatedKeys_areFetchedWhenATokenNeedsThem() throws Exception {
    AtomicLong now = new AtomicLong();
    TokenVerifier verifier = new TokenVerifier(new VerificationKeys(URI.create(url("/jwks")), now::get), null, null);
    TokenTarget target = new TokenTarget(URI.create(url("/token")), null, null);
    TokenSet tokens = TokenSet.of(Jwts.signed(other, "RS256", CLAIMS), "next");
    try (TokenHttp http = new TokenHttp("test", Duration.ofSeconds(5))) {
      Deadline deadline = Deadline.in(Duration.ofSeconds(50));
      verifier.prepare(http, target, deadline);
      now.addAndGet(Duration.ofSeconds(61).toNanos());
      server.stubFor(get("/jwks").willReturn(aResponse().withStatus(503)));
      TokenException rotated =
          assertThrows(TokenException.class, () -> verifier.checked(tokens, http, target, deadline));
      assertEquals("next", rotated.rotatedRefreshToken());
      TokenSet alone = TokenSet.of(tokens.accessToken(), null);
      TokenException e = assertThrows(TokenException.class, () -> verifier.checked(alone, http, target, deadline));
      assertEquals(Reason.TRANSIENT, e.reason());
      publish(key, other);
      assertEquals(tokens, verifier.checked(tokens, http, target, deadline));
    }
  }

  @Test
  void keys_areKeptForAnHourAndRefetchedRarely() throws Exception {
    AtomicLong now = new AtomicLong();
    VerificationKeys keys = new VerificationKeys(URI.create(url("/jwks")), now::get);
    TokenTarget target = new TokenTarget(URI.create(url("/token")), null, null);
    try (TokenHttp http = new TokenHttp("test", Duration.ofSeconds(5))) {
      Deadline deadline = Deadline.in(Duration.ofSeconds(50));
      keys.prepare(http, target, deadline);
      assertFalse(keys.refetch(http, target, deadline));
      now.addAndGet(Duration.ofSeconds(61).toNanos());
      keys.prepare(http, target, deadline);
      server.verify(1, getRequestedFor(urlEqualTo("/jwks")));
      assertTrue(keys.refetch(http, target, deadline));
      assertFalse(keys.refetch(http, target, deadline));
      server.verify(2, getRequestedFor(urlEqualTo("/jwks")));
      now.addAndGet(Duration.ofMinutes(61).toNanos());
      keys.prepare(http, target, deadline);
      server.verify(3, getRequestedFor(urlEqualTo("/jwks")));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"503|", "404|", "200|{}", "200|{\"keys\":[]}", "200|<html>",
      "200|{\"keys\":[{\"kty\":\"oct\",\"k\":\"MDEy\"}]}"})
  void keysNoLongerToBeHad_thoseHeldGoOnBeingUsed(int status, String body) throws Exception {
    AtomicLong now = new AtomicLong();
    TokenVerifier verifier = new TokenVerifier(new VerificationKeys(URI.create(url("/jwks")), now::get), null, null);
    TokenTarget target = new TokenTarget(URI.create(url("/token")), null, null);
    TokenSet tokens = TokenSet.of(good(), "next");
    try (TokenHttp http = new TokenHttp("test", Duration.ofSeconds(5))) {
      Deadline deadline = Deadline.in(Duration.ofSeconds(50));
      verifier.prepare(http, target, deadline);
      server.stubFor(get("/jwks").willReturn(aResponse().withStatus(status).withBody(body)));
      now.addAndGet(Duration.ofHours(30).toNanos());
      for (int i = 0; i < 3; i++) {
        verifier.prepare(http, target, deadline);
        assertEquals(tokens, verifier.checked(tokens, http, target, deadline));
      }
      server.verify(2, getRequestedFor(urlEqualTo("/jwks")));
      now.addAndGet(Duration.ofSeconds(61).toNanos());
      verifier.prepare(http, target, deadline);
      server.verify(3, getRequestedFor(urlEqualTo("/jwks")));
      TokenSet unknown = TokenSet.of(Jwts.signed(other, "RS256", CLAIMS), "next");
      TokenException rotated =
          assertThrows(TokenException.class, () -> verifier.checked(unknown, http, target, deadline));
      assertEquals("next", rotated.rotatedRefreshToken());
      publish(other);
      now.addAndGet(Duration.ofSeconds(61).toNanos());
      verifier.prepare(http, target, deadline);
      assertEquals(unknown, verifier.checked(unknown, http, target, deadline));
    }
  }
}
