package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a deployment's log warns of. */
class StartWarningsTest {

  @ParameterizedTest
  @EnumSource
  void misspeltOverride_isToldOnce_andATokenThatWillBeForgottenForItsClient(Container container) throws Exception {
    System.setProperty("everbearer.chat-apii.store", "file:/nowhere");
    System.setProperty("everbearer.payments.store", "file:/elsewhere");
    List<String> lines;
    try (StandIn chat = new StandIn(); StandIn rooms = new StandIn(); LogAtDebug log = new LogAtDebug();
        Deployed deployed = container.deploy(new WebApp()
            .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*")
            .client("rooms", rooms.client("refreshToken", "r.rooms.1"), "/*"))) {
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("chat-api"), "it has started");
      lines = log.lines().stream().filter(line -> line.contains("WARN")).toList();
    } finally {
      System.clearProperty("everbearer.chat-apii.store");
      System.clearProperty("everbearer.payments.store");
    }
    assertEquals(1, lines.stream().filter(line -> line.contains("everbearer.chat-apii.store")
        && line.contains("did you mean everbearer.chat-api.store?")).count(), lines.toString());
    assertTrue(lines.stream().noneMatch(line -> line.contains("payments")), lines.toString());
    for (String client : List.of("chat-api", "rooms")) {
      assertEquals(1, lines.stream().filter(line -> line.contains("client " + client + ": store = memory, the default"))
          .count(), lines.toString());
    }
  }
}
