package org.everbearer.refresh;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.EllipticCurves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClientAuthenticationTest {
  @TempDir
  Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("client.key"), content);
  }

  private Path pem(String type, byte[] der) throws IOException {
    return file("-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
        + "-----\n");
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  /** Refreshes twice against a real server and verifies there what came. */
  private void assertAssertionsVerify(Path keyFile, PublicKey key, String algorithm, String keyId) throws Exception {
    String ok = "{\"access_token\":\"a\"}";
    try (RawServer server = new RawServer((socket, out) ->
        RawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + ok.length() + "\r\n\r\n" + ok));
        Closing r = new Closing(RefreshTokenGrant.builder(TokenEndpoint.builder("test").uri(server.url()).build())
            .authentication(ClientAuthentication.privateKeyJwt("web", keyFile)).build())) {
      r.refresh(TokenSet.of(null, "r"));
      r.refresh(TokenSet.of(null, "r"));
      Set<String> identifiers = new HashSet<>();
      for (String request : server.requests) {
        assertTrue(request.contains("client_id=web&client_assertion_type="
            + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="), request);
        JwtContext assertion = verified(parameter(request, "client_assertion"), key, server.url());
        assertEquals(algorithm, assertion.getJoseObjects().get(0).getAlgorithmHeaderValue());
        assertEquals(keyId, assertion.getJoseObjects().get(0).getKeyIdHeaderValue());
        identifiers.add(assertion.getJwtClaims().getJwtId());
      }
      assertEquals(2, identifiers.size(), "a new jti per attempt");
    }
  }

  private static JwtContext verified(String assertion, PublicKey key, String audience) throws Exception {
    JwtContext context = new JwtConsumerBuilder().setVerificationKey(key).setExpectedAudience(audience)
        .setExpectedIssuer("web").setExpectedSubject("web").setRequireJwtId().setRequireIssuedAt()
        .setRequireExpirationTime().setMaxFutureValidityInMinutes(5).build().process(assertion);
    JwtClaims claims = context.getJwtClaims();
    assertTrue(claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue() <= 300);
    return context;
  }

  private static String parameter(String request, String name) {
    List<String> values = new ArrayList<>();
    for (String pair : request.substring(request.indexOf("\r\n\r\n") + 4).split("&")) {
      if (pair.startsWith(name + "=")) values.add(pair.substring(name.length() + 1));
    }
    assertEquals(1, values.size(), request);
    return URLDecoder.decode(values.get(0), StandardCharsets.UTF_8);
  }

  @Test
  void rsaPem_signsWithRs256() throws Exception {
    KeyPair pair = rsa(2048);
    assertAssertionsVerify(pem("PRIVATE KEY", pair.getPrivate().getEncoded()), pair.getPublic(), "RS256", null);
  }

  @ParameterizedTest
  @CsvSource({"secp256r1,ES256", "secp384r1,ES384", "secp521r1,ES512"})
  void ecPem_signsAsTheCurveWants(String curve, String algorithm) throws Exception {
    KeyPair pair = ec(curve);
    assertAssertionsVerify(pem("PRIVATE KEY", pair.getPrivate().getEncoded()), pair.getPublic(), algorithm, null);
  }

  @Test
  void jwk_bringsItsKeyIdAndAlgorithm() throws Exception {
    PublicJsonWebKey jwk = RsaJwkGenerator.generateJwk(2048);
    jwk.setKeyId("k1");
    jwk.setAlgorithm("PS256");
    assertAssertionsVerify(file(jwk.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE)), jwk.getPublicKey(), "PS256",
        "k1");
  }

  @Test
  void ecJwkWithoutAlgorithm_signsAsTheCurveWants() throws Exception {
    PublicJsonWebKey jwk = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    assertAssertionsVerify(file(jwk.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE)), jwk.getPublicKey(), "ES256",
        null);
  }

  @Test
  void knownIssuer_isTheAudience() throws Exception {
    KeyPair pair = rsa(2048);
    ClientKey key = ClientKey.read(pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    assertEquals("https://id.example.com",
        new TokenTarget(URI.create("https://id.example.com/token"), "https://id.example.com", null).audience());
    assertEquals("web", verified(key.assertion("web", "https://id.example.com"), pair.getPublic(),
        "https://id.example.com").getJwtClaims().getIssuer());
  }

  private String problem(Path file) {
    String message = assertThrows(IllegalArgumentException.class,
        () -> ClientAuthentication.privateKeyJwt("web", file)).getMessage();
    assertTrue(message.contains(file.toString()), message);
    return message;
  }

  @Test
  void unusableKeyFile_namedWithTheRemedy() throws Exception {
    byte[] der = rsa(2048).getPrivate().getEncoded();
    assertTrue(problem(pem("RSA PRIVATE KEY", der)).contains("openssl pkcs8 -topk8"));
    assertTrue(problem(pem("ENCRYPTED PRIVATE KEY", der)).contains("openssl pkcs8 -topk8"));
    assertTrue(problem(pem("PRIVATE KEY", new byte[] {1, 2, 3})).contains("neither an RSA nor an EC key"));
    assertTrue(problem(file("-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----")).contains("damaged"));
    assertTrue(problem(file("hello")).contains("neither PEM nor a JWK"));
    assertTrue(problem(file("")).contains("neither PEM nor a JWK"));
    assertTrue(problem(pem("PRIVATE KEY", rsa(1024).getPrivate().getEncoded())).contains("2048"));
  }

  @Test
  void unusableJwk_namedWithoutQuotingIt() throws Exception {
    PublicJsonWebKey jwk = RsaJwkGenerator.generateJwk(2048);
    assertTrue(problem(file(jwk.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY))).contains("public JWK"));
    assertTrue(problem(file("{\"kty\":\"oct\",\"k\":\"c2VjcmV0LXNlY3JldA\"}")).contains("symmetric"));
    String broken = problem(file("{\"kty\":\"RSA\",\"d\":\"c2VjcmV0LXNlY3JldA\"}"));
    assertTrue(broken.contains("no valid JWK"), broken);
    assertFalse(broken.contains("c2VjcmV0"), broken);
  }

  @Test
  void missingKeyFile_named() {
    NoSuchFileException e = assertThrows(NoSuchFileException.class,
        () -> ClientAuthentication.privateKeyJwt("web", folder.resolve("none.pem")));
    assertTrue(e.getMessage().contains("none.pem") && e.getMessage().contains("create the file"), e.getMessage());
  }

  @Test
  void missingParts_refusedAndSecretsNotShown() throws TokenException {
    assertThrows(IllegalArgumentException.class, () -> ClientAuthentication.basic(null, "s"));
    assertThrows(IllegalArgumentException.class, () -> ClientAuthentication.post("web", ""));
    assertEquals("ClientAuthentication[basic, web]", ClientAuthentication.basic("web", "hunter2").toString());
    assertEquals("ClientAuthentication[none, no client id]", ClientAuthentication.none(null).toString());
  }
}
