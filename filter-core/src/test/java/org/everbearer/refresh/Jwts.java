package org.everbearer.refresh;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** Tokens for tests. */
final class Jwts {
  private Jwts() {}

  static String unsigned(String claims) {
    return base64("{\"alg\":\"none\"}") + "." + base64(claims) + ".";
  }

  static String signed(PublicJsonWebKey key, String algorithm, String claims) throws JoseException {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims);
    jws.setAlgorithmHeaderValue(algorithm);
    jws.setKeyIdHeaderValue(key.getKeyId());
    jws.setKey(key.getPrivateKey());
    return jws.getCompactSerialization();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
