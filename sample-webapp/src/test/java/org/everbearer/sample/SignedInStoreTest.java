package org.everbearer.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users who sign in and out while the token store cannot be reached. */
@Timeout(60)
class SignedInStoreTest {
  private Upstream upstream;
  private SampleServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    upstream = new Upstream();
    upstream.on("hi", exchange -> Upstream.reply(exchange, 200, "{\"reply\":\"hello\"}"));
    server = new SampleServer(directory, Map.of("CHAT_API_BASE_URL", upstream.url(), "AUTH_BASE_URL", upstream.url(),
        "CHAT_IDENTITY", "session", "everbearer.sample-chat-proxy.store", FailingStore.class.getName()));
  }

  @AfterEach
  void stop() throws Exception {
    FailingStore.gone = false;
    server.close();
    upstream.close();
  }

  @Test
  void logoutThatCannotGiveUpTheTokens_endsTheSession_andSaysSo() throws Exception {
    String ada = cookie(login("ada", null));
    assertEquals("{\"signIn\":true,\"user\":\"ada\"}", server.get("/user", "Cookie", ada).body());
    FailingStore.gone = true;
    HttpResponse<String> answer = server.post("/logout", "{}", "Cookie", ada);
    assertEquals(502, answer.statusCode());
    assertTrue(answer.body().contains("You are signed out here, but"), answer.body());
    FailingStore.gone = false;
    assertEquals("{\"signIn\":true}", server.get("/user", "Cookie", ada).body());
    assertEquals(401, server.post("/api/chat", "{\"message\":\"hi\"}", "Cookie", ada).statusCode());
  }

  @Test
  void loginThatCannotKeepTheTokens_signsNobodyIn() throws Exception {
    FailingStore.gone = true;
    HttpResponse<String> failed = login("ada", null);
    assertTrue(location(failed).endsWith("/?sign-in=failed"), location(failed));
    assertEquals("{\"signIn\":true}", server.get("/user", "Cookie", cookie(failed)).body());
  }

  @Test
  void loginAsAnotherThatFails_leavesTheFirstUserWithNameAndTokens() throws Exception {
    String ada = cookie(login("ada", null));
    FailingStore.gone = true;
    HttpResponse<String> failed = login("grace", ada);
    assertTrue(location(failed).endsWith("/?sign-in=failed"), location(failed));
    FailingStore.gone = false;
    assertEquals("{\"signIn\":true,\"user\":\"ada\"}", server.get("/user", "Cookie", cookie(failed)).body());
    assertEquals(200, server.post("/api/chat", "{\"message\":\"hi\"}", "Cookie", cookie(failed)).statusCode());
  }

  private HttpResponse<String> login(String user, String cookie) throws Exception {
    HttpResponse<String> begun = cookie == null ? server.get("/login") : server.get("/login", "Cookie", cookie);
    Matcher state = Pattern.compile("state=([^&]+)").matcher(location(begun));
    assertTrue(state.find());
    return server.get("/login/callback?code=" + user + "&state=" + state.group(1),
        "Cookie", cookie == null ? cookie(begun) : cookie);
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
  }
}
