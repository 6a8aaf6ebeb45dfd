package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The client without a connection pool, which sends everything over one connection. */
class AsyncHttp2OnlyClientTest {
  @Test
  void rejectionAndRedirect_onOneConnection() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.expired("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> {
              if (e.hasToken("t-2")) {
                e.reject();
              } else {
                e.with("Location", "/b").reply(307, "");
              }
            })
            .on("/b", Conformance::echoToken);
        TestClient client = AsyncTestClient.ofHttp2Only(Conformance.tokens(source, server))) {
      assertEquals(new TestClient.Answer(200, "t-3"), client.begin(Call.post(server.uri("/a"), "body")).await());
      assertEquals(List.of("Bearer t-2", "Bearer t-3", "Bearer t-3"), server.authorizations());
      assertEquals(1, new HashSet<>(server.connections()).size());
      assertEquals("HTTP/2.0", server.received().get(0).protocol());
    }
  }

  @Test
  void rejectionWithoutReplacement_keepsItsBodyAndTheConnection() throws Exception {
    ScriptedTokenSource source =
        ScriptedTokenSource.valid("t").onRejection(rejected -> CompletableFuture.supplyAsync(() -> null));
    try (ResourceServer server = ResourceServer.start()
            .on("/other", e -> e.reply(401, "no " + e.token()))
            .on("/good", Conformance::echoToken);
        TestClient client = AsyncTestClient.ofHttp2Only(Conformance.tokens(source, server))) {
      for (int i = 0; i < 3; i++) {
        assertEquals(new TestClient.Answer(401, "no t-1"), client.send(Call.post(server.uri("/other"), "x")));
        assertEquals(new TestClient.Answer(200, "t-1"), client.send(Call.get(server.uri("/good"))));
      }
      assertEquals(1, new HashSet<>(server.connections()).size());
    }
  }

  @Test
  void endlessBodyOfARejection_isGivenUp() throws Exception {
    byte[] piece = new byte[64 * 1024];
    CountDownLatch hungUp = new CountDownLatch(1);
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (e.hasToken("t-2")) {
        Conformance.echoToken(e);
        return;
      }
      try (var out = e.stream(401, "text/plain")) {
        for (int i = 0; i < 10_000; i++) out.write(piece);
      } catch (IOException hangUp) {
        hungUp.countDown();
      }
    });
        TestClient client =
            AsyncTestClient.ofHttp2Only(Conformance.tokens(ScriptedTokenSource.valid("t"), server))) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.begin(Call.get(server.uri("/a"))).await());
      assertTrue(hungUp.await(20, TimeUnit.SECONDS), "the client hung up");
    }
  }
}
