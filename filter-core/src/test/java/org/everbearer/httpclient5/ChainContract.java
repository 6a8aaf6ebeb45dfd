package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.everbearer.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The interceptor beside the rest of HttpClient: retries, cache, proxy, its own authentication, streaming. */
interface ChainContract extends Conformance {
  @Test
  default void retryAfter503_stillHasAToken() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (count.incrementAndGet() <= 2) {
        e.reply(503, "later");
      } else {
        Conformance.echoToken(e);
      }
    });
        TestClient client = client(Setup.with(Conformance.tokens(ScriptedTokenSource.valid("t"), server))
            .retries(new EagerRetries()))) {
      assertEquals(new TestClient.Answer(200, "t-1"), client.send(Call.get(server.uri("/a"))));
      assertEquals(List.of("Bearer t-1", "Bearer t-1", "Bearer t-1"), server.authorizations());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max-age=60", "private, max-age=60"})
  default void cache_neverServesOneUsersBodyToAnother(String cacheControl) throws Exception {
    try (ResourceServer server = ResourceServer.start()
        .on("/a", e -> Conformance.echoToken(e.with("Cache-Control", cacheControl)))) {
      UserTokens users = new UserTokens(Conformance.origin(server));
      try (TestClient client = client(Setup.with(users).caching())) {
        assertEquals("alice-1", users.as("alice", () -> client.send(Call.get(server.uri("/a")))).body());
        assertEquals("bob-1", users.as("bob", () -> client.send(Call.get(server.uri("/a")))).body());
      }
    }
  }

  @Test
  default void cacheStillWorks() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (ResourceServer server = ResourceServer.start().on("/a",
            e -> e.with("Cache-Control", "public, max-age=60").reply(200, "number " + count.incrementAndGet()));
        TestClient client = client(
            Setup.with(Conformance.tokens(ScriptedTokenSource.valid("t"), server)).caching())) {
      assertEquals("number 1", client.send(Call.get(server.uri("/a"))).body());
      assertEquals("number 1", client.send(Call.get(server.uri("/a"))).body());
    }
  }

  @Test
  default void proxyThatWantsCredentials_tokenIsStillThereAfterwards() throws Exception {
    try (ResourceServer proxy = ResourceServer.start().on("/a", e -> {
      if (e.header("Proxy-Authorization") == null) {
        e.with("Proxy-Authenticate", "Basic realm=\"proxy\"").reply(407, "who are you?");
      } else {
        Conformance.rejectFirst(e);
      }
    })) {
      BasicCredentialsProvider credentials = new BasicCredentialsProvider();
      credentials.setCredentials(new AuthScope("127.0.0.1", proxy.port()),
          new UsernamePasswordCredentials("user", "password".toCharArray()));
      // Only the proxy can answer: there is no such host.
      Origin origin = Origin.parse("http://api.everbearer.invalid");
      UserTokens tokens = new UserTokens(origin);
      try (TestClient client = client(Setup.with(tokens).proxy(proxy).credentials(credentials))) {
        assertEquals(new TestClient.Answer(200, "t-2"),
            tokens.as("t", () -> client.send(Call.get(URI.create(origin + "/a")))));
        assertEquals(List.of("Bearer t-1", "Bearer t-1", "Bearer t-2"), proxy.authorizations());
      }
    }
  }

  @Test
  default void proxyForPlainHttpToThisMachine_isSentNoToken() throws Exception {
    try (ResourceServer proxy = ResourceServer.start().on("/a", Conformance::echoToken)) {
      // Nobody listens there: only the proxy can answer.
      OutboundTokens tokens =
          OutboundTokens.of(ScriptedTokenSource.valid("t"), Origin.parse("http://127.0.0.1:9"));
      try (TestClient client = client(Setup.with(tokens).proxy(proxy))) {
        assertEquals("null", client.send(Call.get(URI.create("http://127.0.0.1:9/a"))).body());
        assertEquals(List.of("null"), proxy.authorizations());
      }
    }
  }

  @Test
  default void credentialsThatMatch_doNotMeddle() throws Exception {
    BasicCredentialsProvider credentials = new BasicCredentialsProvider();
    credentials.setCredentials(new AuthScope(null, -1),
        new UsernamePasswordCredentials("user", "password".toCharArray()));
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      e.with("WWW-Authenticate", "Negotiate").with("WWW-Authenticate", "Basic realm=\"r\"");
      e.with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
      e.reply(401, "no " + e.token());
    });
        TestClient client = client(Setup.with(Conformance.tokens(ScriptedTokenSource.valid("t"), server))
            .credentials(credentials))) {
      for (int i = 1; i <= 3; i++) {
        assertEquals(401, client.send(Call.get(server.uri("/a"))).status());
      }
      assertEquals(List.of("Bearer t-1", "Bearer t-2", "Bearer t-2", "Bearer t-3", "Bearer t-3", "Bearer t-4"),
          server.authorizations());
    }
  }

  @Test
  default void poolOfOne_refreshThroughTheSameClientDoesNotDeadlock() throws Exception {
    // Expires at first use, by rejection, and between two hops of one exchange.
    ScriptedTokenSource source = ScriptedTokenSource.expired("t");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> {
              if (e.hasToken("t-2")) {
                e.reject();
              } else {
                source.expire();
                e.with("Location", "/b").reply(307, "");
              }
            })
            .on("/b", Conformance::echoToken)
            .on("/refresh", e -> e.reply(200, "new"));
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).poolOfOne())) {
      source.onRefresh(() -> {
        try {
          client.begin(Call.get(server.uri("/refresh")).with("Authorization", "Basic c2VsZg==")).await();
        } catch (Exception e) {
          throw new IllegalStateException("the refresh got no connection", e);
        }
      });
      assertEquals(new TestClient.Answer(200, "t-4"), client.begin(Call.post(server.uri("/a"), "x")).await());
      assertEquals(3, source.refreshes.get());
    }
  }

  @Test
  default void eventStream_isNotBuffered() throws Exception {
    CountDownLatch firstEventRead = new CountDownLatch(1);
    AtomicBoolean readInTime = new AtomicBoolean();
    StringBuffer text = new StringBuffer();
    try (ResourceServer server = ResourceServer.start().on("/events", e -> {
      if (e.hasToken("t-1")) {
        e.reject();
        return;
      }
      try (var out = e.stream(200, "text/event-stream")) {
        out.write("data: one\n\n".getBytes());
        out.flush();
        readInTime.set(firstEventRead.await(20, TimeUnit.SECONDS));
        out.write("data: two\n\n".getBytes());
      }
    });
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      client.stream(Call.get(server.uri("/events")), piece -> {
        text.append(piece);
        firstEventRead.countDown();
      });
      assertTrue(readInTime.get(), "the client had the first event before the second was sent");
      assertEquals("data: one\n\ndata: two\n\n", text.toString());
    }
  }
}
