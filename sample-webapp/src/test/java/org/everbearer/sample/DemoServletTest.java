package org.everbearer.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DemoServletTest {
  private static Upstream upstream;
  private static SampleServer server;
  private static SampleServer alone;

  @BeforeAll
  static void start(@TempDir Path directory, @TempDir Path another) throws Exception {
    upstream = new Upstream();
    upstream.on("Is my token valid?", exchange -> Upstream.reply(exchange, 200, "{\"reply\":\"yes\"}"));
    Map<String, String> settings = Map.of("CHAT_API_BASE_URL", upstream.url(), "AUTH_BASE_URL", upstream.url(),
        "AUTH_ACCESS_TOKEN", upstream.accessToken(3600), "AUTH_REFRESH_TOKEN", upstream.refreshToken());
    alone = new SampleServer(another, settings);
    Map<String, String> beside = new HashMap<>(settings);
    beside.put("STAND_IN_BASE_URL", upstream.url());
    server = new SampleServer(directory, beside);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    alone.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.controls.clear();
  }

  @AfterEach
  void noToken_everReachesTheBrowser() {
    for (String token : upstream.tokens) {
      for (String answer : server.received) assertFalse(answer.contains(token), () -> "a token is in " + answer);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "revoke     | /stand-in/revoke-access-tokens {}",
      "down       | /stand-in/outage {\"seconds\":20}",
      "slow       | /stand-in/slow {\"millis\":2000,\"seconds\":20}",
      "lose-reply | /stand-in/lose-next-reply {}",
      "kill       | /stand-in/kill-family {}",
      "new-family | /stand-in/new-family {}",
  })
  void action_isPassedOnAsItIsFixedHere(String action, String passedOn) throws Exception {
    assertEquals(200, server.post("/api/stand-in/" + action, "{\"seconds\":9999,\"url\":\"x\"}").statusCode());
    assertEquals(List.of(passedOn), upstream.controls);
  }

  @Test
  void counters_areNumbersAndNothingElse() throws Exception {
    HttpResponse<String> stats = server.post("/api/stand-in/stats", "{}");
    assertEquals("{\"refreshes\":" + upstream.refreshes.get() + ",\"chatUnauthorized\":0,\"standIn\":true,"
        + "\"signIn\":false}", stats.body());
  }

  @Test
  void newFamily_isUsedByTheNextCall() throws Exception {
    server.post("/api/stand-in/new-family", "{}");
    String issued = upstream.tokens.get(upstream.tokens.size() - 2);
    assertEquals(200, server.chat("Is my token valid?").statusCode());
    assertEquals("Bearer " + issued, upstream.lastAuthorization);
  }

  @Test
  void calls_areMadeAtOnce_andCounted() throws Exception {
    JsonObject told = Json.parse(server.post("/api/stand-in/calls", "{\"count\":50}").body());
    assertEquals(50, told.get("answers").getAsInt());
    assertEquals(50, told.get("ok").getAsInt());
    assertEquals(0, told.get("refused").getAsInt());
    assertEquals(0, told.get("failed").getAsInt());
    assertEquals(0, told.get("refreshes").getAsInt());
    assertTrue(told.has("slowestMillis"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"count\":0}", "{\"count\":201}", "{\"count\":1.5}", "{\"count\":[]}",
      "{\"count\":-1}"})
  void callsOfAnotherNumber_areRefused(String body) throws Exception {
    assertEquals(400, server.post("/api/stand-in/calls", body).statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail-next", "nothing", "", "..%2fstats", "//127.0.0.1/x", "kill-family", "new-family/.."})
  void whatIsNotOnTheList_isPassedOnToNobody(String action) throws Exception {
    int status = server.post("/api/stand-in/" + action, "{}").statusCode();
    assertTrue(status == 404 || status == 400, () -> "status " + status);
    assertEquals(List.of(), upstream.controls);
  }

  @Test
  void pagesAndFormsOfOtherSites_areRefused() throws Exception {
    assertEquals(403, server.post("/api/stand-in/kill", "{}", "Sec-Fetch-Site", "cross-site").statusCode());
    assertEquals(415, server.post("/api/stand-in/kill", "{}", "Content-Type", "text/plain").statusCode());
    assertEquals(405, server.get("/api/stand-in/kill").statusCode());
    assertEquals(List.of(), upstream.controls);
  }

  @Test
  void withoutAStandInServer_thereIsNoAction() throws Exception {
    assertEquals("{\"standIn\":false}", alone.post("/api/stand-in/stats", "{}").body());
    for (String action : List.of("revoke", "down", "slow", "lose-reply", "kill", "new-family", "calls")) {
      assertEquals(404, alone.post("/api/stand-in/" + action, "{\"count\":1}").statusCode(), action);
    }
    assertEquals(List.of(), upstream.controls);
  }
}
