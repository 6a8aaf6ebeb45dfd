package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Overrides that reach nobody. */
class StrayOverridesTest {
  private static List<String> strays(boolean nearOnly, String name, String... clients) {
    boolean variable = name.startsWith("EVERBEARER_");
    return StrayOverrides.of(Arrays.stream(clients).map(client -> {
      ConfigSource.Builder source = ConfigSource.builder(client);
      return (variable ? source.environment(Given.params(name, "secret"))
          : source.systemProperties(Given.params(name, "secret"))).build();
    }).collect(Collectors.toList()), nearOnly);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "EVERBEARER_CHAT_APII_STORE|environment variable EVERBEARER_CHAT_APII_STORE: no client of this application is named"
        + " so; did you mean EVERBEARER_CHAT_API_STORE?",
    "EVERBEARER_CHATAPI_REFRESH_MARGIN|environment variable EVERBEARER_CHATAPI_REFRESH_MARGIN: no client of this"
        + " application is named so; did you mean EVERBEARER_CHAT_API_REFRESH_MARGIN?",
    "everbearer.chat_api.store|system property everbearer.chat_api.store: no client of this application is named so; did"
        + " you mean everbearer.chat-api.store?",
    "EVERBEARER_STORE|environment variable EVERBEARER_STORE: names no client; it would be EVERBEARER_CHAT_API or"
        + " ROOMS_STORE",
    "everbearer.baseUrl|system property everbearer.baseUrl: names no client; it would be everbearer.chat-api or"
        + " rooms.baseUrl"})
  void misspelt_isToldAtStartToo(String name, String message) {
    assertEquals(List.of(message), strays(true, name, "chat-api", "rooms"));
    assertEquals(List.of(message), strays(false, name, "chat-api", "rooms"));
  }

  @Test
  void nameWithoutAClient_isMeantForTheOnlyOne() {
    assertEquals(List.of("environment variable EVERBEARER_STORE: names no client; did you mean"
        + " EVERBEARER_CHAT_API_STORE?"), strays(true, "EVERBEARER_STORE", "chat-api"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EVERBEARER_PAYMENTS_STORE", "everbearer.payments.store", "everbearer.stress.calls",
    "EVERBEARER_HOME"})
  void perhapsAnotherApplications_isToldByTheCheckOnly(String name) {
    assertEquals(1, strays(false, name, "chat-api").size(), strays(false, name, "chat-api").toString());
    assertEquals(List.of(), strays(true, name, "chat-api"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EVERBEARER_CHAT_API_STORE", "EVERBEARER_CHAT_EXPECTED_AUDIENCE", "everbearer.chat-api.store",
    "everbearer.a.b.store", "EVERBEARER_A_B_STORE", "EVERBEARER", "JAVA_HOME", "everbearerx.chat.store"})
  void whatReachesAClient_orIsNoneOfOurs_isNotTold(String name) {
    assertEquals(List.of(), strays(false, name, "chat-api", "chat", "a.b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EVERBEARER_CHAT_API_STOER", "everbearer.chat-api.stoer"})
  void misspeltParameter_isTheClientsOwnProblem(String name) {
    assertEquals(List.of(), strays(false, name, "chat-api"));
  }
}
