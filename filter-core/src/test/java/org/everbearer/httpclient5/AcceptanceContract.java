package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers tell the source that its token is good. */
interface AcceptanceContract extends Conformance {
  @ParameterizedTest
  @ValueSource(ints = {200, 204, 400, 403, 404, 409, 429})
  default void answerOfWhoHasLookedAtTheToken_isAnAcceptance(int status) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> e.reply(status, ""));
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).retries(new NoRetries()))) {
      assertEquals(status, client.send(Call.get(server.uri("/a"))).status());
      assertEquals(List.of("t-1"), source.accepted);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {407, 500, 502, 503, 504})
  default void answerOfWhoMayNotHaveLooked_isNone(int status) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> e.reply(status, "gateway"));
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).retries(new NoRetries()))) {
      assertEquals(status, client.send(Call.get(server.uri("/a"))).status());
      assertEquals(List.of(), source.accepted);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic realm=\"admin\"", "Bearer error=\"invalid_request\"", "Bearer"})
  default void unauthorized_isNone(String challenge) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("WWW-Authenticate", challenge).reply(401, "no"));
        TestClient client = client(source, server)) {
      assertEquals(401, client.send(Call.get(server.uri("/a"))).status());
      assertEquals(List.of(), source.accepted);
    }
  }

  @Test
  default void answerOutOfACacheOnTheWay_isNone() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/cached", e -> e.with("Age", "7").reply(200, "old"))
            .on("/fetched", e -> e.with("Age", "0").reply(200, "new"));
        TestClient client = client(source, server)) {
      client.send(Call.get(server.uri("/cached")));
      assertEquals(List.of(), source.accepted);
      client.send(Call.get(server.uri("/fetched")));
      assertEquals(List.of("t-1"), source.accepted);
    }
  }

  @Test
  default void eachToken_isToldOnce() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", Conformance::rejectFirst)
            .on("/b", Conformance::echoToken);
        TestClient client = client(source, server)) {
      for (int i = 0; i < 3; i++) client.send(Call.get(server.uri("/b")));
      assertEquals(List.of("t-1"), source.accepted);
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(Call.get(server.uri("/a"))));
      assertEquals(List.of("t-1", "t-2"), source.accepted, "the repetition's answer counts");
      for (int i = 0; i < 3; i++) client.send(Call.get(server.uri("/a")));
      assertEquals(List.of("t-1", "t-2"), source.accepted);
    }
  }

  @Test
  default void eachHopOfARedirect_countsForItsOwnToken() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/start", e -> {
              source.expire();
              e.with("Location", "/end").reply(307, "");
            })
            .on("/end", Conformance::echoToken);
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.begin(Call.get(server.uri("/start"))).await());
      assertEquals(List.of("t-1", "t-2"), source.accepted);
    }
  }
}
