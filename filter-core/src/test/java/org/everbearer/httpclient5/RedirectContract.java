package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A redirect takes the token along to allowed origins only; each hop is decided anew. */
interface RedirectContract extends Conformance {
  enum Hop { SAME_ORIGIN, OTHER_HOST, OTHER_PORT, OTHER_SCHEME, AWAY_AND_BACK }

  static Stream<Arguments> redirects() {
    return Stream.of(301, 302, 303, 307, 308).flatMap(status ->
        Arrays.stream(Hop.values()).flatMap(hop -> Stream.of("GET", "POST").map(
            method -> Arguments.of(method, status, hop))));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("redirects")
  default void redirect_takesTheTokenToAllowedOriginsOnly(String method, int status, Hop hop) throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t");
    try (ResourceServer first = ResourceServer.start();
        ResourceServer other = hop == Hop.OTHER_SCHEME ? ResourceServer.startWithTls() : ResourceServer.start();
        TestClient client = client(source, first)) {
      String location = switch (hop) {
        case SAME_ORIGIN -> "/end";
        case OTHER_HOST -> first.uri("localhost", "/end").toString();
        case OTHER_PORT, OTHER_SCHEME -> other.uri("/end").toString();
        case AWAY_AND_BACK -> other.uri("/back").toString();
      };
      first.on("/start", e -> e.with("Location", location).reply(status, ""))
          .on("/end", Conformance::echoToken);
      other.on("/back", e -> e.with("Location", first.uri("/end").toString()).reply(status, ""))
          .on("/end", Conformance::echoToken);

      Call call = method.equals("GET") ? Call.get(first.uri("/start")) : Call.post(first.uri("/start"), "body");
      TestClient.Answer answer = client.begin(call).await();

      boolean allowedAtTheEnd = hop == Hop.SAME_ORIGIN || hop == Hop.AWAY_AND_BACK;
      assertEquals(new TestClient.Answer(200, allowedAtTheEnd ? "t-1" : "null"), answer);
      assertEquals(switch (hop) {
        case SAME_ORIGIN, AWAY_AND_BACK -> List.of("Bearer t-1", "Bearer t-1");
        case OTHER_HOST -> List.of("Bearer t-1", "null");
        case OTHER_PORT, OTHER_SCHEME -> List.of("Bearer t-1");
      }, first.authorizations());
      assertEquals(switch (hop) {
        case SAME_ORIGIN, OTHER_HOST -> List.of();
        case OTHER_PORT, OTHER_SCHEME, AWAY_AND_BACK -> List.of("null");
      }, other.authorizations());
    }
  }

  @Test
  default void rejectionAfterARedirect_isRepeatedThereOnly() throws Exception {
    try (ResourceServer server = ResourceServer.start()
            .on("/start", e -> e.with("Location", "/end").reply(307, ""))
            .on("/end", Conformance::rejectFirst);
        TestClient client = client(ScriptedTokenSource.valid("t"), server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(Call.post(server.uri("/start"), "body")));
      assertEquals(List.of("Bearer t-1", "Bearer t-1", "Bearer t-2"), server.authorizations());
    }
  }
}
