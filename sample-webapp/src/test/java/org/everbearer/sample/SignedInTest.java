package org.everbearer.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With CHAT_IDENTITY=session: a user each for two browsers. */
@Timeout(60)
class SignedInTest {
  private static final String QUESTION = "{\"message\":\"who\"}";
  private static Upstream upstream;
  private static SampleServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    upstream = new Upstream();
    upstream.on("who", exchange -> {
      JsonObject reply = new JsonObject();
      reply.addProperty("reply", "you are " + subject(exchange));
      Upstream.reply(exchange, 200, reply.toString());
    });
    server = new SampleServer(directory, Map.of("CHAT_API_BASE_URL", upstream.url(), "AUTH_BASE_URL", upstream.url(),
        "CHAT_IDENTITY", "session"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    upstream.close();
  }

  @AfterEach
  void noToken_everReachesTheBrowser() {
    for (String token : upstream.tokens) {
      for (String answer : server.received) assertFalse(answer.contains(token), () -> "a token is in " + answer);
    }
  }

  @Test
  void eachUser_chatsWithTheirOwnToken_untilTheySignOut() throws Exception {
    String ada = signIn("ada");
    String grace = signIn("grace");
    assertEquals("{\"reply\":\"you are ada\"}", chat(ada).body());
    assertEquals("{\"reply\":\"you are grace\"}", chat(grace).body());
    assertEquals("{\"signIn\":true,\"user\":\"ada\"}", server.get("/user", "Cookie", ada).body());
    assertEquals(204, server.post("/logout", "{}", "Cookie", ada).statusCode());
    assertEquals(401, chat(ada).statusCode());
    assertEquals("{\"reply\":\"you are grace\"}", chat(grace).body());
  }

  @Test
  void withoutALogin_chattingIsUnauthorized_andTheServerIsHealthy() throws Exception {
    HttpResponse<String> answer = server.post("/api/chat", QUESTION, "Accept", "application/json");
    assertEquals(401, answer.statusCode());
    assertEquals("sign_in_required", Json.string(Json.parse(answer.body()), "error"));
    assertEquals(200, server.get("/health").statusCode());
    assertEquals("{\"signIn\":true}", server.get("/user").body());
  }

  @Test
  void theLogin_leadsToTheIdentityServerAndBack() throws Exception {
    HttpResponse<String> begun = server.get("/login");
    String location = begun.headers().firstValue("Location").orElse("");
    assertTrue(location.startsWith(upstream.url() + "/login?redirect_uri=http%3A%2F%2F127.0.0.1%3A" + server.port()
        + "%2Flogin%2Fcallback&state="), location);
    String cookie = begun.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), cookie);
  }

  @Test
  void aCallbackWithAnotherState_orTwice_orWithAWrongCode_signsNobodyIn() throws Exception {
    HttpResponse<String> begun = server.get("/login");
    String cookie = cookie(begun);
    String state = state(begun);
    assertFailed(server.get("/login/callback?code=ada&state=x" + state, "Cookie", cookie));
    assertFailed(server.get("/login/callback?code=ada&state=" + state, "Cookie", cookie), "it was good once");
    assertFailed(server.get("/login/callback?code=ada&state=" + state), "another browser");
    HttpResponse<String> again = server.get("/login", "Cookie", cookie);
    assertFailed(server.get("/login/callback?code=wrong&state=" + state(again), "Cookie", cookie));
    assertEquals("{\"signIn\":true}", server.get("/user", "Cookie", cookie).body());
  }

  @Test
  void theSession_hasANewIdAfterTheLogin() throws Exception {
    HttpResponse<String> begun = server.get("/login");
    HttpResponse<String> done =
        server.get("/login/callback?code=ada&state=" + state(begun), "Cookie", cookie(begun));
    assertNotEquals(cookie(begun), cookie(done));
    assertEquals(401, chat(cookie(begun)).statusCode());
  }

  @Test
  void aFormOnAnotherSite_cannotSignOut() throws Exception {
    String ada = signIn("ada");
    assertEquals(415, server.post("/logout", "", "Cookie", ada, "Content-Type", "text/plain").statusCode());
    assertEquals(403, server.post("/logout", "{}", "Cookie", ada, "Sec-Fetch-Site", "cross-site").statusCode());
    assertEquals(200, chat(ada).statusCode());
  }

  private static HttpResponse<String> chat(String cookie) throws Exception {
    return server.post("/api/chat", QUESTION, "Cookie", cookie);
  }

  private static String signIn(String user) throws Exception {
    HttpResponse<String> begun = server.get("/login");
    HttpResponse<String> done =
        server.get("/login/callback?code=" + user + "&state=" + state(begun), "Cookie", cookie(begun));
    assertEquals(302, done.statusCode());
    assertFalse(done.headers().firstValue("Location").orElse("").contains("failed"));
    return cookie(done);
  }

  private static void assertFailed(HttpResponse<String> answer, String... why) {
    assertEquals(302, answer.statusCode(), String.join("", why));
    assertTrue(answer.headers().firstValue("Location").orElse("").endsWith("/?sign-in=failed"), String.join("", why));
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
  }

  private static String state(HttpResponse<String> begun) {
    Matcher state = Pattern.compile("state=([^&]+)").matcher(begun.headers().firstValue("Location").orElseThrow());
    assertTrue(state.find());
    return state.group(1);
  }

  private static String subject(HttpExchange exchange) throws IOException {
    String claims = exchange.getRequestHeaders().getFirst("Authorization").split("\\.")[1];
    return Json.string(Json.parse(new String(Base64.getUrlDecoder().decode(claims), UTF_8)), "sub");
  }
}
