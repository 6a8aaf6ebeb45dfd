package org.everbearer.refresh;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenEndpointTest {
  private static TokenEndpoint.Builder builder() {
    return TokenEndpoint.builder("test");
  }

  private static String problem(TokenEndpoint.Builder b) {
    return assertThrows(IllegalArgumentException.class, b::build).getMessage();
  }

  @ParameterizedTest
  @CsvSource({"http://id.example.com/token,plain http", "ftp://id.example.com/token,scheme",
      "id.example.com/token,absolute", "/token,absolute", "https:///token,absolute",
      "https://id.example.com/token#x,fragment",
      "https://id ex/token,not a URL"})
  void unfitUrl_refusedWithTheRule(String url, String rule) {
    assertTrue(problem(builder().uri(url)).contains(rule), () -> problem(builder().uri(url)));
    assertTrue(problem(builder().issuer(url)).contains(rule));
    assertTrue(problem(builder().uri("https://id.example.com/token").jwksUri(url)).contains(rule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://web:hunter22@id.example.com/token", "https://hunter22@id.example.com/",
      "https://web:hunter22@id_x/token"})
  void userInformation_refusedAndNotShown(String url) {
    String message = problem(builder().uri(url));
    assertTrue(message.contains("user information"), message);
    assertFalse(message.contains("hunter22"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://id.example.com", "http://localhost:1/token", "http://127.0.0.1/token",
      "http://[::1]:8/t"})
  void secureOrLoopback_accepted(String url) {
    try (TokenEndpoint endpoint = builder().uri(url).build()) {
      assertEquals(Duration.ofSeconds(10), endpoint.attemptTimeout());
    }
  }

  @Test
  void plainHttp_onlyOnRequest() {
    try (TokenEndpoint endpoint = builder().uri("http://id.example.com/t").allowInsecure(true).build()) {
      assertEquals(Duration.ofSeconds(10), endpoint.attemptTimeout());
    }
  }

  @Test
  void exactlyOnePlace_isNeeded() {
    assertTrue(problem(builder()).contains("exactly one"));
    assertTrue(problem(builder().uri("https://a/").issuer("https://a")).contains("exactly one"));
  }

  @Test
  void expectationWithoutKeys_isRefused() {
    assertTrue(problem(builder().uri("https://a/").expectedIssuer("https://a")).contains("jwksUri"));
    assertTrue(problem(builder().uri("https://a/").expectedAudience("a")).contains("jwksUri"));
  }

  @ParameterizedTest
  @CsvSource({"'X Y',v", "'',v", "'X:',v", "X,'a\r\nb: c'", "X,'\u00e4'", "Content-Length,1", "host,x",
      "Transfer-Encoding,x"})
  void unfitHeader_refused(String name, String value) {
    TokenEndpoint.Builder b = builder();
    assertThrows(IllegalArgumentException.class, () -> b.header(name, value));
  }

  @Test
  void timeoutOfZero_refused() {
    assertThrows(IllegalArgumentException.class, () -> builder().connectTimeout(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> builder().requestTimeout(Duration.ofSeconds(-1)));
  }
}
