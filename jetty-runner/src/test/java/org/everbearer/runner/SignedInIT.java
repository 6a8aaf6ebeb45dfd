package org.everbearer.runner;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The sample as users see it who sign in: two of them beside each other, each in a browser of their own. */
@Timeout(180)
class SignedInIT {
  private static RunnerProcess runner;
  private static URI sample;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    runner = RunnerProcess.start(directory, "--signed-in", "--port", "0", "--access-token-lifetime", "2s");
    sample = runner.awaitUri();
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  @Test
  void usersSideBySide_chatEachWithTheirOwnToken_beyondItsLife() throws Exception {
    Visitor ada = new Visitor(sample);
    Visitor grace = new Visitor(sample);
    ada.signInAs("ada");
    grace.signInAs("grace");
    assertEquals("{\"signIn\":true,\"user\":\"user_ada\"}", ada.get("user").body());
    ExecutorService tabs = Executors.newFixedThreadPool(8);
    try {
      long refreshed = stats("rotations");
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      do {
        List<Future<HttpResponse<String>>> ofAda = new ArrayList<>();
        List<Future<HttpResponse<String>>> ofGrace = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          ofAda.add(tabs.submit(() -> ada.post("api/chat", "{\"message\":\"hi\"}")));
          ofGrace.add(tabs.submit(() -> grace.post("api/chat", "{\"message\":\"hi\"}")));
        }
        for (Future<HttpResponse<String>> reply : ofAda) assertToken("user_ada", reply.get());
        for (Future<HttpResponse<String>> reply : ofGrace) assertToken("user_grace", reply.get());
      } while (stats("rotations") < refreshed + 4 && System.nanoTime() < deadline);
      assertTrue(stats("rotations") >= refreshed + 4, "their tokens were refreshed on the way");
      assertEquals(0, stats("reuses"));
    } finally {
      tabs.shutdownNow();
    }
  }

  @Test
  void signingOut_endsIt_andNobodyElses() throws Exception {
    Visitor ada = new Visitor(sample);
    Visitor grace = new Visitor(sample);
    ada.signInAs("ada");
    grace.signInAs("grace");
    assertEquals(204, ada.post("logout", "{}").statusCode());
    HttpResponse<String> reply = ada.post("api/chat", "{\"message\":\"hi\"}");
    assertEquals(401, reply.statusCode());
    assertTrue(reply.body().contains("sign_in_required"), reply.body());
    assertEquals("{\"signIn\":true}", ada.get("user").body());
    assertToken("user_grace", grace.post("api/chat", "{\"message\":\"hi\"}"));
  }

  @Test
  void signingInAsSomebodyElse_replacesTheUserAndTheSessionId() throws Exception {
    Visitor visitor = new Visitor(sample);
    visitor.signInAs("ada");
    String before = visitor.cookies();
    visitor.signInAs("grace");
    assertFalse(visitor.cookies().equals(before), "the session has a new id");
    assertToken("user_grace", visitor.post("api/chat", "{\"message\":\"hi\"}"));
  }

  @Test
  void aLoginThatThisBrowserDidNotBegin_isRefused() throws Exception {
    Visitor stranger = new Visitor(sample);
    String callback = stranger.callbackFor("ada");
    Visitor victim = new Visitor(sample);
    victim.get("login");
    HttpResponse<String> refused = victim.send(HttpRequest.newBuilder(URI.create(callback)).build());
    assertEquals(302, refused.statusCode());
    assertTrue(refused.headers().firstValue("Location").orElse("").endsWith("/?sign-in=failed"));
    assertEquals(401, victim.post("api/chat", "{\"message\":\"hi\"}").statusCode());
    assertEquals(302, stranger.send(HttpRequest.newBuilder(URI.create(callback)).build()).statusCode());
    assertEquals("{\"signIn\":true,\"user\":\"user_ada\"}", stranger.get("user").body(), "the code was not used up");
  }

  @Test
  void theSessionCookie_isOutOfReachOfScriptsAndOtherSites() throws Exception {
    String cookie = new Visitor(sample).get("login").headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), cookie);
  }

  @Test
  void withoutAnySession_theServerIsHealthy() throws Exception {
    HttpResponse<String> health = new Visitor(sample).get("health");
    assertEquals(200, health.statusCode(), health.body());
    assertTrue(health.body().contains("\"status\":\"UP\""), health.body());
    assertEquals(List.of(), health.headers().allValues("Set-Cookie"));
  }

  private static void assertToken(String user, HttpResponse<String> reply) {
    assertEquals(200, reply.statusCode(), reply.body());
    assertTrue(reply.body().contains(" that of " + user + "."), reply.body());
  }

  private static long stats(String counter) throws Exception {
    Matcher standIn = Pattern.compile("counters\\s+(\\S+)").matcher(runner.out());
    assertTrue(standIn.find(), runner.out());
    HttpResponse<String> reply = HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(URI.create(standIn.group(1))).build(), BodyHandlers.ofString());
    JsonObject stats = JsonParser.parseString(reply.body()).getAsJsonObject();
    return stats.get(counter).getAsLong();
  }
}
