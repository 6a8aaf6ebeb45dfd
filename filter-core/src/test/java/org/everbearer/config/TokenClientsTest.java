package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenClientsTest {
  @TempDir Path directory;

  private ClientConfig client(String name, String... changes) throws ConfigException {
    return ClientConfig.read(ConfigSource.builder(name).environment(Given.environment()).baseDirectory(directory)
        .initParams(Given.valid(changes)).build());
  }

  private static List<String> problems(ClientConfig... clients) {
    return assertThrows(ConfigException.class, () -> TokenClients.checkTogether(List.of(clients))).problems();
  }

  @Test
  void clientsWithNothingInCommon_areFine() throws ConfigException {
    List<ClientConfig> clients = List.of(
        client("a", "store", "file:a.tokens"),
        client("b", "store", "file:b.tokens", "allowedOrigins", "https://b.example.com"),
        client("c", "store", "jdbc:jdbc/t", "allowedOrigins", "https://c.example.com"),
        client("d", "store", "jdbc:jdbc/t", "allowedOrigins", "https://d.example.com"),
        client("e", "allowedOrigins", "https://e.example.com"),
        client("f", "allowedOrigins", "http://localhost"));
    assertDoesNotThrow(() -> TokenClients.checkTogether(clients));
  }

  @Test
  void originClaimedTwice_isAProblem() throws ConfigException {
    List<String> problems = problems(client("a"), client("b", "allowedOrigins",
        "https://b.example.com https://API.example.com:443"));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("the clients a and b both claim https://api.example.com"), problems.get(0));
  }

  @Test
  void fileSharedByTwo_isAProblemHoweverItIsSpelled() throws Exception {
    Files.createDirectory(directory.resolve("real"));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("real"));
    List<String> problems = problems(
        client("a", "store", "file:real/tokens"),
        client("b", "store", "file:real/../link/tokens", "allowedOrigins", "https://b.example.com"),
        client("c", "store", "dotenv:" + directory.resolve("link/tokens"), "allowedOrigins", "https://c.example.com"));
    assertEquals(2, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("the clients a and b share this file"), problems.get(0));
    assertTrue(problems.get(1).contains("the clients a and c share this file"), problems.get(1));
  }

  @Test
  void storeKeySharedByTwo_isAProblem() throws ConfigException {
    List<String> problems = problems(client("a", "store", "jdbc:jdbc/t", "storeKey", "k"),
        client("b", "store", "jdbc:jdbc/t", "storeKey", "k", "allowedOrigins", "https://b.example.com"));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("share the storeKey k in it"), problems.get(0));
  }

  @ParameterizedTest
  @CsvSource({"chat-api, chat_api, EVERBEARER_CHAT_API_PROTOCOL", "chat-api, chat.api, EVERBEARER_CHAT_API_PROTOCOL",
      "chat-api, ChatApi, EVERBEARER_CHAT_API_PROTOCOL", "\u0447\u0430\u0442, \u043c\u0438\u0440, EVERBEARER___PROTOCOL",
      "chat, chat-expected, EVERBEARER_CHAT_EXPECTED_AUDIENCE", "chat-expected, chat, EVERBEARER_CHAT_EXPECTED_AUDIENCE",
      "chat-expected, chat, EVERBEARER_CHAT_EXPECTED_ISSUER"})
  void clientsThatOneVariableOverrides_areAProblem(String one, String other, String variable) throws ConfigException {
    List<String> problems = problems(client(one), client(other, "allowedOrigins", "https://b.example.com"));
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.get(0).contains("the clients " + one + " and " + other + " are both overridden by the"),
        problems.get(0));
    assertTrue(problems.get(0).matches(".* the environment variable " + variable + "(\\W.*|$)"), problems.get(0));
  }

  @ParameterizedTest
  @CsvSource({"chat, chat-api", "chat, chat.api", "a, a.b", "a.b, a.b.c", "chat, chat-refresh", "chat1, chat-1"})
  void clientsThatNoVariableOverridesBoth_areFine(String one, String other) throws ConfigException {
    List<ClientConfig> clients = List.of(client(one), client(other, "allowedOrigins", "https://b.example.com"));
    assertDoesNotThrow(() -> TokenClients.checkTogether(clients));
  }

  /** Why it is one: what is meant for one of them reaches both. */
  @Test
  void oneVariable_reachesBothClients() throws ConfigException {
    for (String name : List.of("chat-api", "chat_api", "chat.api", "ChatApi")) {
      ConfigSource source = ConfigSource.builder(name).initParams(Given.valid())
          .environment(Given.environment("EVERBEARER_CHAT_API_WAIT_TIMEOUT", "3s")).build();
      assertEquals(Duration.ofSeconds(3), ClientConfig.read(source).waitTimeout(), name);
    }
  }

  @Test
  void allProblems_areReportedAtOnce() throws ConfigException {
    assertEquals(3, problems(client("a", "store", "file:x"), client("a", "store", "file:x")).size());
  }
}
