package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.everbearer.Origin;
import org.junit.jupiter.api.Test;

/** Which requests carry a token. */
interface AttachContract extends Conformance {
  @Test
  default void allowedOrigin_getsTheToken() throws Exception {
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals(new TestClient.Answer(200, "t-1"), client.send(Call.get(server.uri("/a"))));
      assertEquals(new TestClient.Answer(200, "t-1"), client.send(Call.post(server.uri("/a"), "body")));
      assertEquals(List.of("Bearer t-1", "Bearer t-1"), server.authorizations());
    }
  }

  @Test
  default void foreignHostPortAndScheme_getNothing() throws Exception {
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        ResourceServer other = ResourceServer.start().on("/a", Conformance::echoToken)) {
      Origin otherScheme = Origin.of("https", "127.0.0.1", other.port());
      OutboundTokens tokens =
          OutboundTokens.of(ScriptedTokenSource.valid("t"), Conformance.origin(server), otherScheme);
      try (TestClient client = client(Setup.with(tokens))) {
        URI otherHost = server.uri("localhost", "/a");
        assertEquals("null", client.send(Call.get(otherHost)).body(), "other host");
        assertEquals("null", client.send(Call.get(other.uri("/a"))).body(), "other port, other scheme");
        assertEquals("t-1", client.send(Call.get(server.uri("/a"))).body());
      }
    }
  }

  @Test
  default void routeAndAuthorityDisagree_getsNothing() throws Exception {
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        ResourceServer other = ResourceServer.start().on("/a", Conformance::echoToken);
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals("null", client.send(
          Call.get(server.uri("/a")).sentTo(server).withAuthority("elsewhere.example", 80)).body());
      assertEquals("null", client.send(
          Call.get(server.uri("/a")).sentTo(server).withAuthority("127.0.0.1", server.port() - 1)).body());
      assertEquals("null", client.send(
          Call.get(server.uri("/a")).sentTo(other).withAuthority("127.0.0.1", server.port())).body());
    }
  }

  @Test
  default void callersAuthorization_isLeftAlone() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer server = ResourceServer.start().on("/a", ResourceServer.Exchange::reject);
        TestClient client = client(source, server)) {
      TestClient.Answer answer = client.send(Call.get(server.uri("/a")).with("authorization", "Basic b3duOm93bg=="));
      assertEquals(new TestClient.Answer(401, "rejected"), answer);
      assertEquals(List.of("Basic b3duOm93bg=="), server.authorizations());
      assertEquals(0, source.rejections.get(), "a 401 to the caller's credentials says nothing about our token");
    }
  }

  @Test
  default void callersAuthorization_isLeftAloneAfterRedirect() throws Exception {
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("Location", "/b").reply(307, ""))
            .on("/b", e -> e.reply(200, "end"));
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      client.send(Call.get(server.uri("/a")).with("Authorization", "Bearer own"));
      assertEquals(List.of("Bearer own", "Bearer own"), server.authorizations());
    }
  }

  @Test
  default void reusedContext_neverActsForThePreviousUser() throws Exception {
    try (ResourceServer server = ResourceServer.start()
        .on("/a", e -> e.with("Location", "/b").reply(307, ""))
        .on("/b", Conformance::echoToken)) {
      UserTokens users = new UserTokens(Conformance.origin(server));
      try (TestClient client = client(Setup.with(users))) {
        HttpClientContext context = HttpClientContext.create();
        for (String user : List.of("alice", "bob", "alice")) {
          // The redirect is followed by another thread in an asynchronous client: it must still be this user's.
          var answer = users.as(user, () -> client.send(Call.get(server.uri("/a")).in(context)));
          assertEquals(user + "-1", answer.body());
          answer = users.as(user, () -> client.send(Call.get(server.uri("/b")).in(context)));
          assertEquals(user + "-1", answer.body());
        }
        assertEquals(List.of("Bearer alice-1", "Bearer alice-1", "Bearer alice-1",
            "Bearer bob-1", "Bearer bob-1", "Bearer bob-1",
            "Bearer alice-1", "Bearer alice-1", "Bearer alice-1"), server.authorizations());
      }
    }
  }

  @Test
  default void identityIsKnownOnAHopThatFollowsAForeignOne() throws Exception {
    try (ResourceServer server = ResourceServer.start().on("/b", Conformance::echoToken);
        ResourceServer other = ResourceServer.start()
            .on("/a", e -> e.with("Location", server.uri("/b").toString()).reply(302, ""))) {
      UserTokens users = new UserTokens(Conformance.origin(server));
      try (TestClient client = client(Setup.with(users))) {
        assertEquals("carol-1", users.as("carol", () -> client.send(Call.get(other.uri("/a")))).body());
        assertEquals(List.of("null"), other.authorizations());
      }
    }
  }
}
