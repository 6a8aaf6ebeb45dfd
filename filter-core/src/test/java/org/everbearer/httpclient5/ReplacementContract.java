package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rejected token for which there is no other: the API's own answer is the caller's, and the token stays in use. */
interface ReplacementContract extends Conformance {
  /** An answer that is the API's own in everything that a caller may look at. */
  static void refuse(ResourceServer.Exchange e) throws IOException {
    e.with("WWW-Authenticate", "Bearer realm=\"other\"").with("Content-Type", "text/plain;charset=utf-8")
        .with("X-Reason", "role").reply(401, "you are no añadmin");
  }

  private static void assertRefusal(TestClient.Answer answer, Call call) throws Exception {
    assertEquals(new TestClient.Answer(401, "you are no añadmin"), answer);
    assertEquals("role", call.response.getHeader("X-Reason").getValue());
    assertEquals("Bearer realm=\"other\"", call.response.getHeader("WWW-Authenticate").getValue());
  }

  /** None at once, and none after a while. */
  static Stream<Function<String, CompletableFuture<AccessToken>>> none() {
    return Stream.of(
        rejected -> CompletableFuture.completedFuture(null),
        rejected -> CompletableFuture.supplyAsync(() -> null));
  }

  @ParameterizedTest
  @MethodSource("none")
  default void pathThatAlwaysRejects_leavesTheOthersAndItsOwnAnswerAlone(
      Function<String, CompletableFuture<AccessToken>> none) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(none);
    try (ResourceServer server = ResourceServer.start()
            .on("/other", ReplacementContract::refuse)
            .on("/good", Conformance::echoToken);
        TestClient client = client(source, server)) {
      List<Call> calls = new ArrayList<>();
      List<TestClient.Pending> other = new ArrayList<>();
      List<TestClient.Pending> good = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(Call.post(server.uri("/other"), "x"));
        other.add(client.begin(calls.get(i)));
        good.add(client.begin(Call.post(server.uri("/good"), "x")));
      }
      for (int i = 0; i < 20; i++) {
        assertRefusal(other.get(i).await(), calls.get(i));
        assertEquals(new TestClient.Answer(200, "t-1"), good.get(i).await());
      }
      assertEquals(20, source.replacementsAsked.get());
      assertEquals(0, source.refreshes.get());
      assertEquals(40, server.received().size(), "nothing was repeated");
    }
  }

  @Test
  default void whileItWaits_theConnectionIsFreeAndTheAnswerIsKept() throws Exception {
    CompletableFuture<AccessToken> replacement = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(rejected -> {
      asked.countDown();
      return replacement;
    });
    try (ResourceServer server = ResourceServer.start()
            .on("/other", ReplacementContract::refuse)
            .on("/good", Conformance::echoToken);
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).poolOfOne())) {
      Call call = Call.get(server.uri("/other"));
      TestClient.Pending pending = client.begin(call);
      WaitContract.await(asked);
      assertEquals(new TestClient.Answer(200, "t-1"), client.begin(Call.get(server.uri("/good"))).await());
      replacement.complete(null);
      assertRefusal(pending.await(), call);
      assertEquals(new TestClient.Answer(200, "t-1"), client.begin(Call.get(server.uri("/good"))).await());
      assertEquals(1, new HashSet<>(server.connections()).size(), "connections");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1 << 16, (1 << 16) + 1, 700_000, 2_000_000})
  default void answerThatWasReadAhead_hasItsBodyUnlessThatIsLarge(int size) throws Exception {
    String body = "x".repeat(size);
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(none().toList().get(1));
    try (ResourceServer server = ResourceServer.start()
            .on("/other", e -> e.with("X-Reason", "role").reply(401, body))
            .on("/good", Conformance::echoToken);
        TestClient client = client(source, server)) {
      Call call = Call.get(server.uri("/other"));
      TestClient.Answer answer = client.begin(call).await();
      // Where no other token is sought any more when the answer comes, the body is not read ahead at all.
      if (size <= 1 << 16 || !answer.body().isEmpty()) assertEquals(body, answer.body());
      assertEquals(401, answer.status());
      assertEquals("role", call.response.getHeader("X-Reason").getValue());
      assertEquals(new TestClient.Answer(200, "t-1"), client.begin(Call.get(server.uri("/good"))).await());
    }
  }

  @Test
  default void knownAtOnceThatThereIsNoOther_theBodyIsStreamedWhateverItsSize() throws Exception {
    String body = "x".repeat(2_000_000);
    ScriptedTokenSource source =
        ScriptedTokenSource.valid("t").onRejection(rejected -> CompletableFuture.completedFuture(null));
    try (ResourceServer server = ResourceServer.start().on("/other", e -> e.reply(401, body));
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(401, body), client.begin(Call.get(server.uri("/other"))).await());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  default void answersWithoutABody(boolean replaced) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    if (!replaced) source.onRejection(none().toList().get(1));
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::rejectFirst);
        TestClient client = client(source, server)) {
      TestClient.Answer answer = client.begin(Call.of("HEAD", server.uri("/a"))).await();
      assertEquals(new TestClient.Answer(replaced ? 200 : 401, ""), answer);
      assertEquals(replaced ? 2 : 1, server.received().size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  default void rejectionInPlaceOf100Continue(boolean replaced) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    if (!replaced) source.onRejection(none().toList().get(1));
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (e.hasToken("t-1")) {
        refuse(e);
      } else {
        e.reply(200, new String(e.body()));
      }
    });
        TestClient client = client(source, server)) {
      Call call = Call.post(server.uri("/a"), "hello").with("Expect", "100-continue");
      TestClient.Answer answer = client.begin(call).await();
      if (replaced) {
        assertEquals(new TestClient.Answer(200, "hello"), answer);
      } else {
        assertRefusal(answer, call);
      }
    }
  }

  @Test
  default void bodyThatCannotBeRepeated_nobodyWaitsForAReplacement() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      e.body();
      refuse(e);
    });
        TestClient client = client(source, server)) {
      Call call = Call.post(server.uri("/a"), "once").withBodyThatCanBeSentOnce();
      assertRefusal(client.begin(call).await(), call);
      assertEquals(0, source.replacementsAsked.get());
      assertEquals(1, source.rejections.get(), "but the source hears of it");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  default void refreshTokenIsDeadToo_isWhatTheCallerGets(boolean atOnce) throws Exception {
    CompletableFuture<AccessToken> dead = new CompletableFuture<>();
    TokenException signIn = new TokenException(TokenException.Reason.REJECTED, "sign in again");
    if (atOnce) dead.completeExceptionally(signIn);
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRejection(rejected -> {
      if (!atOnce) new Thread(() -> dead.completeExceptionally(signIn)).start();
      return dead;
    });
    try (ResourceServer server = ResourceServer.start()
            .on("/a", ReplacementContract::refuse)
            .on("/good", Conformance::echoToken);
        TestClient client = client(
            Setup.with(Conformance.tokens(source, server)).poolOfOne().retries(new EagerRetries()))) {
      Exception thrown = assertThrows(Exception.class, () -> client.begin(Call.get(server.uri("/a"))).await());
      assertTrue(Stream.iterate((Throwable) thrown, t -> t != null, Throwable::getCause).anyMatch(t -> t == signIn));
      assertEquals(1, server.received().size());
      assertEquals(200, client.begin(Call.get(server.uri("/good"))).await().status());
      assertEquals(1, new HashSet<>(server.connections()).size(), "connections");
    }
  }
}
