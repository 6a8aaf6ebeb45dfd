package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.everbearer.Origin;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that nobody covers and that wants a token is told of, and what it answers goes through untouched. */
interface RefusalContract extends Conformance {
  /** Covers these origins, and keeps what it is told. */
  final class Told implements OutboundTokens {
    final List<String> refused = new CopyOnWriteArrayList<>();
    RuntimeException thrown;
    private final ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    private final List<Origin> origins;

    Told(Origin... origins) {
      this.origins = List.of(origins);
    }

    @Override
    public Object currentIdentity() {
      return null;
    }

    @Override
    public TokenSource sourceFor(Object identity, String scheme, String host, int port) {
      return origins.stream().anyMatch(origin -> origin.matches(scheme, host, port)) ? source : null;
    }

    @Override
    public void refusedWithoutToken(String scheme, String host, int port) {
      refused.add(Origin.of(scheme, host, port).toString());
      if (thrown != null) throw thrown;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer realm=\"api\"", "Bearer error=\"invalid_token\"", "Basic realm=\"r\", Bearer"})
  default void refusalOfAServerThatNobodyCovers_isTold(String challenge) throws Exception {
    Told told = new Told();
    String body = "why not ".repeat(20_000);
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("WWW-Authenticate", challenge).reply(401, body));
        TestClient client = client(Setup.with(told).poolOfOne())) {
      for (int i = 1; i <= 3; i++) {
        assertEquals(new TestClient.Answer(401, body), client.send(Call.post(server.uri("/a"), "x")));
        assertEquals(i, told.refused.size());
      }
      assertEquals(Conformance.origin(server).toString(), told.refused.get(0));
    }
  }

  @ParameterizedTest
  @CsvSource({"200,", "302,", "403, Bearer", "401, Basic realm=\"r\"", "401, Negotiate", "404,", "503,"})
  default void answerThatMissesNoToken_isNot(int status, String challenge) throws Exception {
    Told told = new Told();
    try (ResourceServer server = ResourceServer.start().on("/a", e -> {
      if (challenge != null) e.with("WWW-Authenticate", challenge);
      e.reply(status, "answer");
    });
        TestClient client = client(Setup.with(told).retries(new NoRetries()))) {
      assertEquals(new TestClient.Answer(status, "answer"), client.send(Call.get(server.uri("/a"))));
      assertEquals(List.of(), told.refused);
    }
  }

  @Test
  default void refusalOfWhatTheCallerOrTheTokenSigned_isNot() throws Exception {
    BasicCredentialsProvider credentials = new BasicCredentialsProvider();
    credentials.setCredentials(new AuthScope(null, -1),
        new UsernamePasswordCredentials("user", "password".toCharArray()));
    try (ResourceServer covered = ResourceServer.start().on("/a", ResourceServer.Exchange::reject);
        ResourceServer other = ResourceServer.start().on("/a", e -> e.with("WWW-Authenticate", "Basic realm=\"r\"")
            .with("WWW-Authenticate", "Bearer").reply(401, "no"))) {
      Told told = new Told(Conformance.origin(covered));
      try (TestClient client = client(Setup.with(told).credentials(credentials))) {
        assertEquals(401, client.send(Call.get(covered.uri("/a"))).status());
        assertEquals(401, client.send(Call.get(other.uri("/a"))).status());
        String last = other.authorizations().get(other.authorizations().size() - 1);
        assertTrue(last.startsWith("Basic "), "HttpClient has signed it: " + last);
        assertEquals(List.of(), told.refused);
      }
      try (TestClient client = client(Setup.with(told))) {
        assertEquals(401, client.send(Call.get(other.uri("/a")).with("Authorization", "Bearer own")).status());
        assertEquals(List.of(), told.refused);
      }
    }
  }

  @Test
  default void refusalBehindARedirect_isToldOfTheServerThatRefuses() throws Exception {
    try (ResourceServer covered = ResourceServer.start(); ResourceServer foreign = ResourceServer.start()) {
      covered.on("/start", e -> e.with("Location", foreign.uri("/end").toString()).reply(307, ""));
      foreign.on("/end", ResourceServer.Exchange::reject);
      Told told = new Told(Conformance.origin(covered));
      try (TestClient client = client(Setup.with(told))) {
        assertEquals(new TestClient.Answer(401, "rejected"), client.begin(Call.get(covered.uri("/start"))).await());
        assertEquals(List.of(Conformance.origin(foreign).toString()), told.refused);
        assertEquals(List.of("null"), foreign.authorizations());
      }
    }
  }

  @Test
  default void listenerThatThrows_costsNoConnection() throws Exception {
    Told told = new Told();
    told.thrown = new IllegalStateException("the application's own");
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("WWW-Authenticate", "Bearer").reply(401, "why not ".repeat(200_000)))
            .on("/b", Conformance::echoToken);
        TestClient client = client(Setup.with(told).poolOfOne())) {
      for (int i = 0; i < 3; i++) {
        assertThrows(Exception.class, () -> client.begin(Call.get(server.uri("/a"))).await());
        assertEquals(new TestClient.Answer(200, "null"), client.begin(Call.get(server.uri("/b"))).await());
      }
    }
  }

  @Test
  default void streamOfAServerThatNobodyCovers_isNotBuffered() throws Exception {
    CountDownLatch firstRead = new CountDownLatch(1);
    AtomicBoolean readInTime = new AtomicBoolean();
    StringBuffer text = new StringBuffer();
    try (ResourceServer server = ResourceServer.start().on("/events", e -> {
      try (var out = e.stream(200, "text/event-stream")) {
        out.write("data: one\n\n".getBytes());
        out.flush();
        readInTime.set(firstRead.await(20, TimeUnit.SECONDS));
        out.write("data: two\n\n".getBytes());
      }
    });
        TestClient client = client(Setup.with(new Told()))) {
      client.stream(Call.get(server.uri("/events")), piece -> {
        text.append(piece);
        firstRead.countDown();
      });
      assertTrue(readInTime.get(), "the client had the first event before the second was sent");
      assertEquals("data: one\n\ndata: two\n\n", text.toString());
    }
  }
}
