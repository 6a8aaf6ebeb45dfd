package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that an application wrote and that breaks: the caller hears of it, nothing hangs, no connection is lost. */
interface BrokenSourceContract extends Conformance {
  /** Not a time-out: the exchange ends by the fault itself. */
  private static void assertCulprit(String word, TestClient.Pending pending) {
    Exception thrown = assertThrows(Exception.class, pending::await);
    assertTrue(Stream.iterate((Throwable) thrown, t -> t != null, Throwable::getCause)
        .anyMatch(t -> String.valueOf(t.getMessage()).contains(word)), () -> "the culprit in " + thrown);
  }

  /** Also after a redirect from a foreign origin, which an asynchronous client follows on an I/O thread. */
  static Stream<Arguments> faults() {
    return Arrays.stream(BrokenTokenSource.Fault.values())
        .flatMap(fault -> Stream.of(Arguments.of(fault, "/a"), Arguments.of(fault, "/start")));
  }

  @ParameterizedTest
  @MethodSource("faults")
  default void fault_reachesTheCallerAndCostsNoConnection(BrokenTokenSource.Fault fault, String path)
      throws Exception {
    BrokenTokenSource source = new BrokenTokenSource(fault);
    try (ResourceServer server = ResourceServer.start();
        ResourceServer foreign = ResourceServer.start();
        TestClient client = client(Setup.with(OutboundTokens.of(source, Conformance.origin(server)))
            .poolOfOne().retries(new EagerRetries()))) {
      foreign.on("/start", e -> e.with("Location", server.uri("/a").toString()).reply(307, ""));
      boolean rejects = fault.name().startsWith("REPLACEMENT");
      server.on("/a", e -> {
        if (rejects) {
          Conformance.rejectFirst(e);
        } else {
          Conformance.echoToken(e);
        }
      });
      Call call = Call.get((path.equals("/a") ? server : foreign).uri(path));
      assertCulprit(fault.name().contains("NULL") ? "null" : "broken", client.begin(call));
      source.mend();
      assertEquals(new TestClient.Answer(200, rejects ? "t-2" : "t-1"), client.begin(call).await());
    }
  }

  @ParameterizedTest
  @EnumSource(value = BrokenTokenSource.Fault.class, names = {"REPLACEMENT_THROWS", "REPLACEMENT_THROWS_AN_ERROR"})
  default void faultWhileTheRejectionOfABodySentOnceIsTold(BrokenTokenSource.Fault fault) throws Exception {
    BrokenTokenSource source = new BrokenTokenSource(fault);
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      e.body();
      Conformance.rejectFirst(e);
    });
        TestClient client = client(
            Setup.with(OutboundTokens.of(source, Conformance.origin(server))).poolOfOne())) {
      Call once = Call.post(server.uri("/a"), "once").withBodyThatCanBeSentOnce();
      assertCulprit("broken", client.begin(once));
      source.mend();
      assertEquals(200, client.begin(Call.get(server.uri("/a"))).await().status());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  default void faultOnTheAnswerToTheRepetition(boolean error) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    source.onAcceptance(token -> {
      if (error) throw new LinkageError("broken");
      throw new IllegalArgumentException("broken");
    });
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::rejectFirst);
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).poolOfOne())) {
      assertCulprit("broken", client.begin(Call.get(server.uri("/a"))));
      source.onAcceptance(token -> {});
      assertEquals(new TestClient.Answer(200, "t-2"), client.begin(Call.get(server.uri("/a"))).await());
    }
  }
}
