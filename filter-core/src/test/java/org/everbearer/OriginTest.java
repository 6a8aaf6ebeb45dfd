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

  // Each of these equals its ASCII look-alike for String.equalsIgnoreCase.
  @ParameterizedTest
  @CsvSource({"https://api.example.com, ap\u0131.example.com", "https://api.example.com, ap\u0130.example.com",
      "https://k.example.com, \u212a.example.com", "https://sso.example.com, \u017fso.example.com"})
  void lookAlike_isAnotherHost(String origin, String host) {
    Origin allowed = Origin.parse(origin);
    assertTrue(allowed.host().equalsIgnoreCase(host), "or it proves nothing");
    assertFalse(allowed.matches("https", host, 443));
    assertFalse(Origin.isSameName(allowed.host(), host));
    assertFalse(Origin.parse("https://[::1]").matches("https", "[::\u00b9]", 443));
    assertThrows(IllegalArgumentException.class, () -> Origin.of("https", host, 443));
  }

  @Test
  void lookAlikeOfAScheme_isAnother() {
    assertFalse(Origin.parse("https://api.example.com").matches("http\u017f", "api.example.com", 443));
  }

  @ParameterizedTest
  @CsvSource({"https://ap\u0131.example.com:8443/, 'the host must be ASCII: write xn--ap-ipa.example.com'",
      "https://m\u00fcller.example, 'the host must be ASCII: write xn--mller-kva.example'",
      "https://\u4f8b\u3048.jp, 'the host must be ASCII: write xn--r8jz45g.jp'"})
  void hostThatIsNotAscii_isRefusedWithItsPunycode(String text, String message) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Origin.parse(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"https://\u212a.example.com, k.example.com", "https://stra\u00dfe.de, strasse.de",
      "https://api\u3002example.com, api.example.com"})
  void hostThatWouldBeFoldedToAnother_isRefusedWithAWarning(String text, String folded) {
    String message = assertThrows(IllegalArgumentException.class, () -> Origin.parse(text)).getMessage();
    assertTrue(message.contains("folded to, " + folded + ";"), message);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65536, 99999})
  void portThatIsNone_isRefused(int port) {
    for (String host : new String[] {"api.example.com", "localhost"}) {
      String message = assertThrows(IllegalArgumentException.class,
          () -> Origin.parse("https://" + host + ":" + port)).getMessage();
      assertEquals("the port must be from 1 to 65535", message);
      assertThrows(IllegalArgumentException.class, () -> Origin.of("http", host, port));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"api.example.com/x", "user@api.example.com", "api example.com", "api.example.com?", "a\\b",
      "api.example.com\n", "a#b"})
  void whatIsNoHost_isRefused(String host) {
    assertThrows(IllegalArgumentException.class, () -> Origin.of("https", host, 443));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.256", "127.999.1.1", "127.1", "127.0.0.01"})
  void whatOnlyAResolverWouldUnderstand_isNoLoopbackAddress(String host) {
    assertFalse(Origin.of("http", host, 80).isSecure());
  }
}
