package org.everbearer.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.everbearer.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a server that wants a token and that no client covers. */
class OriginAdviceTest {

  private static Map<String, List<Origin>> allowed(String... clients) {
    Map<String, List<Origin>> allowed = new LinkedHashMap<>();
    for (String client : clients) {
      String[] words = client.split(" ");
      allowed.put(words[0], Arrays.stream(words).skip(1).map(Origin::parse).toList());
    }
    return allowed;
  }

  private static String advice(String called, String... clients) {
    return OriginAdvice.of(Origin.parse(called), allowed(clients));
  }

  @ParameterizedTest
  @CsvSource({
      "http://127.0.0.1:8081, http://localhost:8081, 'this machine too, but'",
      "http://localhost:8081, http://[::1]:8081, 'this machine too, but'",
      "http://localhost:8082, http://127.0.0.1:8081, 'this machine too, under another name and with another port'",
      "https://api.example.com:8443, https://api.example.com, the same host with another port",
      "http://api.example.com, https://api.example.com, the same host by another scheme",
      "https://api.example.com, https://eu.api.example.com, a host of the same domain",
      "https://www.example.com, https://example.com, a host of the same domain",
  })
  void nearest_isNamedWithWhatDiffers(String called, String allowed, String difference) {
    String said = advice(called, "other https://payments.example.org", "chat-api " + allowed);
    assertTrue(said.startsWith(called + " answered 401 "), said);
    assertTrue(said.contains("other has https://payments.example.org; chat-api has " + allowed + ". "), said);
    assertTrue(said.contains("The nearest is " + allowed + " of chat-api, "), said);
    assertTrue(said.contains(difference), said);
    assertTrue(said.contains("Remedy: call that one"), said);
    assertEquals(called.equals("http://api.example.com"), !said.contains("add " + called), "no token in plain sight: " + said);
  }

  @ParameterizedTest
  @CsvSource({"https://badexample.com", "https://example.com.evil.test", "https://example.org"})
  void strangers_areNotNear(String called) {
    String said = advice(called, "chat-api https://example.com");
    assertFalse(said.contains("nearest"), said);
    assertTrue(said.contains("if this server is meant to get the client's token, add " + called), said);
  }

  @Test
  void nearestOfSeveral_winsWhereverItStands() {
    String said = advice("http://127.0.0.1:8081", "a http://localhost:9000 http://localhost:8081", "b http://127.0.0.1:9000");
    assertTrue(said.contains("The nearest is http://localhost:8081 of a, "), said);
  }

  @Test
  void manyClientsAndOrigins_makeNoEndlessLine() {
    String[] clients = new String[40];
    for (int i = 0; i < 40; i++) {
      clients[i] = "client-" + i + " https://h" + i + ".example.com"
          + String.join("", Collections.nCopies(40, " https://x" + i + ".example.com"));
    }
    String said = advice("https://somewhere.test", clients);
    assertTrue(said.contains(" and 35 more") && said.contains(" and 36 more"), said);
    assertTrue(said.length() < 2000, said);
  }

  @Test
  void each_isToldOnce_andNoMoreThanAHundredAre() {
    UncoveredOrigins uncovered = new UncoveredOrigins();
    Map<String, List<Origin>> allowed = allowed("chat-api https://chat.example.com");
    for (int i = 1; i <= 100; i++) {
      String said = uncovered.refused(Origin.parse("https://h" + i + ".test"), allowed);
      assertNotNull(said);
      assertEquals(i == 100, said.endsWith("This is the last one of 100 that are told"), said);
      assertNull(uncovered.refused(Origin.parse("https://h" + i + ".test:443"), allowed));
    }
    assertNull(uncovered.refused(Origin.parse("https://one-more.test"), allowed));
    assertEquals(100, uncovered.advice().size());
    assertEquals("https://h1.test", uncovered.json().get(0).getAsJsonObject().get("origin").getAsString());
  }
}
