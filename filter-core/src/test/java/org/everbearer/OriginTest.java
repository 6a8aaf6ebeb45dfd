package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

  @ParameterizedTest
  @CsvSource({
      "https://chat.example.com, https://chat.example.com:443",
      "https://chat.example.com/, HTTPS://Chat.Example.COM",
      "http://127.0.0.1:8080, http://127.0.0.1:8080/",
      "http://[::1]:80, http://[::1]",
  })
  void sameSchemeHostAndPort_areOneOrigin(String one, String other) {
    assertEquals(Origin.parse(one), Origin.parse(other));
    assertEquals(Origin.parse(one).hashCode(), Origin.parse(other).hashCode());
  }

  @ParameterizedTest
  @CsvSource({
      "https://chat.example.com, http://chat.example.com",
      "https://chat.example.com, https://chat.example.com:8443",
      "https://chat.example.com, https://chat.example.com.evil.example",
      "https://chat.example.com, https://example.com",
  })
  void anyDifference_isAnotherOrigin(String one, String other) {
    Origin a = Origin.parse(one);
    Origin b = Origin.parse(other);
    assertNotEquals(a, b);
    assertFalse(a.matches(b.scheme(), b.host(), b.port()));
  }

  @Test
  void matches_fillsInTheDefaultPort_andIgnoresCaseAndBrackets() {
    assertTrue(Origin.parse("https://chat.example.com").matches("HTTPS", "CHAT.example.com", -1));
    assertTrue(Origin.parse("https://chat.example.com").matches("https", "chat.example.com", 443));
    assertFalse(Origin.parse("https://chat.example.com").matches("https", "chat.example.com", 80));
    assertTrue(Origin.parse("http://[::1]:8080").matches("http", "[::1]", 8080));
    assertTrue(Origin.parse("http://[::1]:8080").matches("http", "::1", 8080));
    assertFalse(Origin.parse("http://[::1]:8080").matches("http", null, 8080));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat.example.com", "https://", "https://*.example.com", "https://chat.example.com/v1",
      "https://user@chat.example.com", "ftp://chat.example.com", "https://chat.example.com?x", "https://chat example.com"})
  void anythingElse_isRefusedWithTheRule(String text) {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Origin.parse(text)).getMessage().length() > 10);
  }

  @ParameterizedTest
  @CsvSource({"https://chat.example.com, true", "http://chat.example.com, false", "http://localhost:1, true",
      "http://127.1.2.3, true", "http://[::1], true", "http://127.0.0.1.evil.example, false"})
  void plainHttp_isSecureOnLoopbackOnly(String origin, boolean secure) {
    assertEquals(secure, Origin.parse(origin).isSecure());
  }
}
