package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What a person is told of a token that an API rejects. */
class JwtClaimsPurposeTest {
  private static String jwt(String claims) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".";
  }

  @Test
  void audienceIssuerAndScope() {
    assertEquals("The token says: audience [a, b], issuer https://id.example.com, scope read write",
        JwtClaims.of(jwt("{\"aud\":[\"a\",\"b\"],\"iss\":\"https://id.example.com\",\"scope\":\"read write\",\"sub\":\"ann\"}")).purpose(value -> value));
    assertEquals("The token says: audience a, issuer null, scope [x]",
        JwtClaims.of(jwt("{\"aud\":\"a\",\"scp\":[\"x\"]}")).purpose(value -> value));
  }

  @Test
  void opaqueToken_saysNothing() {
    assertNull(JwtClaims.of("opaque").purpose(value -> value));
  }
}
