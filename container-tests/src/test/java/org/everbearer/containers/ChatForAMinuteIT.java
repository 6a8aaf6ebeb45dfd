package org.everbearer.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.startup.Tomcat;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job: the built WAR, in Jetty 12 and in Tomcat 10.1 at the same time, chats for a minute with tokens that
 * live for three seconds, against one identity server that revokes a family when a spent refresh token comes back.
 */
class ChatForAMinuteIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int LIFETIME_SECONDS = 3;
  /** A lead of a tenth of the lifetime, jittered by a fifth, so that a token is replaced at 88 to 90 % of its life. */
  private static final String MARGIN = "300ms";

  @Test
  void eightClientsInEachContainer_everyReplyIs200_andNoRefreshTokenIsSpentTwice(@TempDir Path directory)
      throws Exception {
    String margin = "-Deverbearer.sample-chat-proxy.refreshMargin=" + MARGIN;
    StandInOptions options = StandInOptions.defaults().withAccessTokenLifetime(Duration.ofSeconds(LIFETIME_SECONDS));
    try (StandIn server = StandIn.start(options);
        Runner runner = Runner.startBeside(server, server.baseUri(), List.of(margin))) {
      URI jetty = runner.sample();
      Tomcat tomcat = startTomcat(directory, runner);
      try {
        URI other = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
        JsonObject before = runner.stats();
        List<Integer> replies = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<List<String>> inJetty = chat(jetty, replies);
        CompletableFuture<List<String>> inTomcat = chat(other, replies);
        assertEquals(List.of(), inJetty.get(5, TimeUnit.MINUTES), runner::output);
        assertEquals(List.of(), inTomcat.get(5, TimeUnit.MINUTES));
        check(before, runner.stats(), replies);
      } finally {
        tomcat.stop();
        tomcat.destroy();
      }
      assertFalse(runner.output().contains("eyJ"), "no JWT is logged");
    }
  }

  private static void check(JsonObject before, JsonObject after, List<Integer> replies) {
    int chats = replies.stream().mapToInt(Integer::intValue).sum();
    assertTrue(chats > 200, "chats: " + chats);
    assertEquals(0, count(before, after, "reuses"), "no spent refresh token was presented");
    assertEquals(0, count(before, after, "replays"));
    assertEquals(0, count(before, after, "familiesRevoked"));
    long rotations = count(before, after, "rotations");
    double lifetimes = 2.0 * MINUTE.toSeconds() / LIFETIME_SECONDS;
    // Below one, because JWTs count whole seconds: the server rounds a token's end up, by half a second on average.
    assertTrue(rotations >= lifetimes * 0.7 && rotations <= lifetimes * 1.3,
        rotations + " refreshes in " + lifetimes + " lifetimes");
    assertEquals(rotations, count(before, after, "refreshes"));
    System.out.println(chats + " chats, " + rotations + " refreshes in " + lifetimes + " lifetimes");
  }

  private static long count(JsonObject before, JsonObject after, String what) {
    return after.get(what).getAsLong() - before.get(what).getAsLong();
  }

  private static CompletableFuture<List<String>> chat(URI base, List<Integer> replies) {
    CompletableFuture<List<String>> wrong = new CompletableFuture<>();
    new Thread(() -> {
      try {
        wrong.complete(new ChatClients(base).chatFor(MINUTE, replies));
      } catch (Throwable e) {
        wrong.completeExceptionally(e);
      }
    }, "chat-" + base.getPort()).start();
    return wrong;
  }

  private static Tomcat startTomcat(Path directory, Runner runner) throws Exception {
    JsonObject first = runner.newFamily();
    Map<String, String> settings = Map.of(
        "CHAT_API_BASE_URL", runner.standIn().toString(),
        "AUTH_BASE_URL", runner.standIn().toString(),
        "AUTH_ACCESS_TOKEN", first.get("accessToken").getAsString(),
        "AUTH_REFRESH_TOKEN", first.get("refreshToken").getAsString(),
        "everbearer.sample-chat-proxy.refreshMargin", MARGIN);
    return WarInTomcat.start(directory, settings, context -> {});
  }
}
