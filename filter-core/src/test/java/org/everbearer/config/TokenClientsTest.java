package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void allProblems_areReportedAtOnce() throws ConfigException {
    assertEquals(3, problems(client("a", "store", "file:x"), client("a", "store", "file:x")).size());
  }
}
