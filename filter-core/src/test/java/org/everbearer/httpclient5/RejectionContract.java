package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a 401 or a 403 leads to. */
interface RejectionContract extends Conformance {
  @Test
  default void rejectedToken_isRefreshedOnceAndTheRequestRepeatedOnTheSameConnection() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    AtomicReference<String> body = new AtomicReference<>();
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      body.set(new String(e.body()) + " " + e.header("X-Mine") + " " + e.header("Content-Type"));
      Conformance.rejectFirst(e);
    });
        TestClient client = client(source, server)) {
      Call call = Call.post(server.uri("/a"), "hello").with("X-Mine", "kept");
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(call));
      assertEquals("hello kept application/octet-stream", body.get(), "the repetition is the same request");
      assertEquals(List.of("Bearer t-1", "Bearer t-2"), server.authorizations());
      assertEquals(1, source.refreshes.get());
      assertEquals(1, new HashSet<>(server.connections()).size(), "connections");
    }
  }

  @Test
  default void bodyOfTheRejection_isDrainedAndTheConnectionKept() throws Exception {
    byte[] large = new byte[700_000];
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (e.hasToken("t-1")) {
        e.reply(401, large);
      } else {
        Conformance.echoToken(e);
      }
    });
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(Call.get(server.uri("/a"))));
      assertEquals(1, new HashSet<>(server.connections()).size(), "connections");
    }
  }

  @Test
  default void endlessBodyOfTheRejection_isGivenUp() throws Exception {
    byte[] piece = new byte[64 * 1024];
    CountDownLatch hungUp = new CountDownLatch(1);
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (!e.hasToken("t-1")) {
        Conformance.echoToken(e);
        return;
      }
      try (var out = e.stream(401, "text/plain")) {
        // The bound only keeps a broken client from hanging the test.
        for (int i = 0; i < 10_000; i++) out.write(piece);
      } catch (IOException hangUp) {
        hungUp.countDown();
      }
    });
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.begin(Call.get(server.uri("/a"))).await());
      assertTrue(hungUp.await(20, TimeUnit.SECONDS), "the client hung up");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  default void sourceHearsTheChallenge(boolean repeatable) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      e.with("WWW-Authenticate", "Basic realm=\"a\"");
      e.with("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"wrong audience\"");
      e.reply(401, "no");
    });
        TestClient client = client(source, server)) {
      Call call = Call.post(server.uri("/a"), "hello");
      assertEquals(401, client.send(repeatable ? call : call.withBodyThatCanBeSentOnce()).status());
      assertEquals("WWW-Authenticate: Basic realm=\"a\", Bearer error=\"invalid_token\", error_description=\"wrong audience\"",
          source.said.get(0));
    }
  }

  @Test
  default void rejectionWithoutAChallenge_saysNothing() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> e.reply(401, "no"));
        TestClient client = client(source, server)) {
      client.send(Call.get(server.uri("/a")));
      assertEquals(Arrays.asList((String) null), source.said);
    }
  }

  @Test
  default void secondRejection_goesToTheCaller() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> e.reply(401, "no " + e.token()));
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(401, "no t-2"), client.send(Call.get(server.uri("/a"))));
      assertEquals(List.of("Bearer t-1", "Bearer t-2"), server.authorizations());
      assertEquals(1, source.refreshes.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer error=\"insufficient_scope\"", "Bearer error=invalid_request",
      "Basic realm=\"a, b\", Bearer scope=\"x\", error=\"invalid_request\"", "Basic realm=\"admin\"", "Negotiate"})
  default void otherErrorsAndOtherCredentials_neverRefresh(String challenge) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("WWW-Authenticate", challenge).reply(401, "why"));
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(401, "why"), client.send(Call.get(server.uri("/a"))));
      assertEquals(0, source.rejections.get());
      assertEquals(1, server.received().size());
    }
  }

  @Test
  default void forbidden_neverRefreshes() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("WWW-Authenticate", "Bearer error=\"invalid_token\"").reply(403, "no"));
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(403, "no"), client.send(Call.get(server.uri("/a"))));
      assertEquals(0, source.rejections.get());
      assertEquals(1, server.received().size());
    }
  }

  @Test
  default void thirtyRejectionsAtOnce_areOneRefresh() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    CyclicBarrier allHere = new CyclicBarrier(30);
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (e.hasToken("t-1")) allHere.await(20, TimeUnit.SECONDS);
      Conformance.rejectFirst(e);
    });
        TestClient client = client(source, server)) {
      List<TestClient.Pending> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) all.add(client.begin(Call.post(server.uri("/a"), "x")));
      for (TestClient.Pending one : all) assertEquals(new TestClient.Answer(200, "t-2"), one.await());
      assertEquals(1, source.rejections.get());
      assertEquals(1, source.refreshes.get());
      assertEquals(60, server.received().size());
    }
  }

  @Test
  default void bodyThatCannotBeRepeated_rejectionGoesToTheCallerAndTheNextRequestHasANewToken() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      e.body();
      Conformance.rejectFirst(e);
    });
        TestClient client = client(source, server)) {
      Call once = Call.post(server.uri("/a"), "once").withBodyThatCanBeSentOnce();
      assertEquals(new TestClient.Answer(401, "rejected"), client.send(once));
      assertEquals(List.of("Bearer t-1"), server.authorizations());
      source.awaitRefresh();
      Call next = Call.post(server.uri("/a"), "next").withBodyThatCanBeSentOnce();
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(next));
    }
  }

  @Test
  default void refreshBringsTheSameToken_rejectionGoesToTheCaller() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").refreshBringsTheSameToken();
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::rejectFirst);
        TestClient client = client(source, server)) {
      assertEquals(401, client.send(Call.post(server.uri("/a"), "x")).status());
      assertEquals(1, server.received().size(), "no repetition with a token that was rejected");
    }
  }

  @Test
  default void rejectionBeforeTheBodyIsSent_theRepetitionSendsAllOfIt() throws Exception {
    byte[] large = new byte[4_000_000];
    for (int i = 0; i < large.length; i++) large[i] = (byte) (i * 31 >> 3);
    AtomicReference<byte[]> arrived = new AtomicReference<>();
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (e.hasToken("t-1")) {
        e.reject();
        e.body();
      } else {
        arrived.set(e.body());
        Conformance.echoToken(e);
      }
    });
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.begin(Call.put(server.uri("/a"), large)).await());
      assertEquals(large.length, arrived.get().length);
      assertArrayEquals(Arrays.copyOf(large, 64), Arrays.copyOf(arrived.get(), 64));
      assertArrayEquals(large, arrived.get());
    }
  }
}
