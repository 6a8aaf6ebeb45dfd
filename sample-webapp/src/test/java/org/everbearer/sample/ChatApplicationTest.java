package org.everbearer.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatApplicationTest {
  @ParameterizedTest
  @ValueSource(strings = {"https://chat.example.com", " https://chat.example.com/ ", "https://chat.example.com//"})
  void slashesAtTheEnd_areIgnored(String value) {
    assertEquals(URI.create("https://chat.example.com"), ChatApplication.baseUrl("CHAT_API_BASE_URL", value));
  }

  @Test
  void path_isKept() {
    assertEquals(URI.create("http://[::1]:8080/beta"), ChatApplication.baseUrl("CHAT_API_BASE_URL", "http://[::1]:8080/beta/"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "chat.example.com", "ftp://chat.example.com", "https://", "https://a?b=c",
      "https://a#b", "https://a b"})
  void missingOrUnusableAddress_isNamed(String value) {
    String message = assertThrows(IllegalStateException.class, () -> ChatApplication.baseUrl("CHAT_API_BASE_URL", value)).getMessage();
    assertTrue(message.startsWith("CHAT_API_BASE_URL is "), message);
    assertTrue(message.contains("https://chat.example.com"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "5s", "1.5", "100000"})
  void unusableTimeout_isNamed(String value) {
    String message = assertThrows(IllegalStateException.class, () -> ChatApplication.timeout(value)).getMessage();
    assertTrue(message.startsWith("CHAT_API_TIMEOUT_SECONDS is '" + value + "'"), message);
  }
}
