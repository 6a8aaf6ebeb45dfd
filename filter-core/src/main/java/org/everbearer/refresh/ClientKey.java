package org.everbearer.refresh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** A client's private key, and the assertions that it signs (RFC 7523 §2.2, §3). Immutable. */
final class ClientKey {
  // Long enough for clocks that differ, short enough to be worth little to who finds one.
  private static final float ASSERTION_MINUTES = 2;
  private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private final PrivateKey key;
  private final String keyId;
  private final String algorithm;

  private ClientKey(PrivateKey key, String keyId, String algorithm) {
    this.key = key;
    this.keyId = keyId;
    this.algorithm = algorithm;
  }

  static ClientKey read(Path file) throws IOException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "the client's private key is not there; create the file, as"
          + " PEM (PKCS #8) or JWK, readable for this process");
    }
    ClientKey read = text.startsWith("{") ? jwk(file, text) : pem(file, text);
    try {
      read.assertion("trial", "trial");
    } catch (IllegalStateException e) {
      throw problem(file, "holds a key that cannot sign with " + read.algorithm + " (" + e.getCause().getMessage()
          + "); use an RSA key of 2048 bits or more, or an EC key");
    }
    return read;
  }

  private static ClientKey jwk(Path file, String text) {
    PublicJsonWebKey jwk;
    try {
      JsonWebKey any = JsonWebKey.Factory.newJwk(text);
      if (!(any instanceof PublicJsonWebKey)) throw problem(file, "holds a symmetric JWK; an RSA or EC key is needed");
      jwk = (PublicJsonWebKey) any;
    } catch (JoseException e) {
      // Not as cause: its message quotes the file.
      throw problem(file, "is no valid JWK (RFC 7517); a JWK Set is none, take the one key out of it");
    }
    if (jwk.getPrivateKey() == null) throw problem(file, "holds a public JWK; the private one, with \"d\", is needed");
    String algorithm = jwk.getAlgorithm() != null ? jwk.getAlgorithm() : algorithm(file, jwk.getPrivateKey());
    return new ClientKey(jwk.getPrivateKey(), jwk.getKeyId(), algorithm);
  }

  private static ClientKey pem(Path file, String text) {
    Matcher pem = PEM.matcher(text);
    if (!pem.find()) throw problem(file, "is neither PEM nor a JWK; write the private key as PEM (PKCS #8)");
    if (!pem.group(1).equals("PRIVATE KEY")) {
      throw problem(file, "holds a " + pem.group(1) + ", but an unencrypted PRIVATE KEY (PKCS #8) is needed; convert"
          + " it: openssl pkcs8 -topk8 -nodes -in old.pem -out new.pem");
    }
    PKCS8EncodedKeySpec spec;
    try {
      spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(2)));
    } catch (IllegalArgumentException e) {
      throw problem(file, "is damaged: between BEGIN and END there is something else than Base64");
    }
    for (String family : new String[] {"RSA", "EC"}) {
      try {
        PrivateKey key = KeyFactory.getInstance(family).generatePrivate(spec);
        return new ClientKey(key, null, algorithm(file, key));
      } catch (GeneralSecurityException otherFamily) {
        continue;
      }
    }
    throw problem(file, "holds neither an RSA nor an EC key; make one: openssl genpkey -algorithm RSA"
        + " -pkeyopt rsa_keygen_bits:2048");
  }

  private static String algorithm(Path file, PrivateKey key) {
    if (key instanceof RSAPrivateKey) return AlgorithmIdentifiers.RSA_USING_SHA256;
    String curve = key instanceof ECPrivateKey
        ? EllipticCurves.getName(((ECPrivateKey) key).getParams().getCurve()) : null;
    switch (String.valueOf(curve)) {
      case EllipticCurves.P_256: return AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;
      case EllipticCurves.P_384: return AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384;
      case EllipticCurves.P_521: return AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512;
      default: throw problem(file, "holds a key of a kind that needs an \"alg\" in its JWK; or use RSA, P-256, P-384 or"
          + " P-521");
    }
  }

  private static IllegalArgumentException problem(Path file, String rule) {
    return new IllegalArgumentException("the key file " + file + " " + rule);
  }

  /** A fresh one: its {@code jti} makes it good for one attempt only. */
  String assertion(String clientId, String audience) {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(clientId);
    claims.setSubject(clientId);
    claims.setAudience(audience);
    claims.setGeneratedJwtId();
    claims.setIssuedAtToNow();
    claims.setExpirationTimeMinutesInTheFuture(ASSERTION_MINUTES);
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setAlgorithmHeaderValue(algorithm);
    jws.setKey(key);
    if (keyId != null) jws.setKeyIdHeaderValue(keyId);
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("the key has signed before", e);
    }
  }
}
