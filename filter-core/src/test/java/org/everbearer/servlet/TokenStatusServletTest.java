package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenStatusServletTest {
  private static final Map<String, String> OPERATORS = Map.of("allowRole", "operator");
  private final HttpClient http = HttpClient.newHttpClient();
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  private WebApp app(Map<String, String> params) {
    return new WebApp()
        .filter(Login.class, "/*")
        .client("chat-api", chat.client("refreshToken", "r.chat.1", "background", "false"), "/*")
        .status("/tokens/*", params);
  }

  /** Says that whoever has the header is in the role, as a container does after a login. */
  public static final class Login implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {
        @Override
        public boolean isUserInRole(String role) {
          return role.equals(getHeader("X-Test-Role"));
        }
      }, response);
    }
  }

  private HttpResponse<String> get(Deployed deployed, String accept, String... headers) throws Exception {
    return send(deployed, "/tokens", "GET", "", accept, headers);
  }

  private HttpResponse<String> send(Deployed deployed, String path, String method, String body, String accept,
      String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + deployed.port() + path))
        .timeout(Duration.ofSeconds(60)).header("Accept", accept)
        .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (method.equals("POST")) request.header("Content-Type", "application/x-www-form-urlencoded");
    for (int i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
    // A container that refuses a request without reading its body closes the connection, and this client neither notices
    // in time nor tries again: so none with a body is sent on a connection that was used before.
    HttpClient client = body.isEmpty() ? http : HttpClient.newHttpClient();
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonObject client(HttpResponse<String> json) {
    assertEquals("application/json;charset=utf-8", json.headers().firstValue("Content-Type").orElse("").toLowerCase());
    return JsonParser.parseString(json.body()).getAsJsonObject().getAsJsonArray("clients").get(0).getAsJsonObject();
  }

  // --- what it shows

  @ParameterizedTest
  @EnumSource
  void json_tellsTheStateAndTheEvents(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("chat-api"));
      JsonObject client = client(get(deployed, "application/json"));
      assertEquals("chat-api", client.get("client").getAsString());
      Poll.until(() -> client(get(deployed, "application/json")).get("state").getAsString().equals("VALID"));
      JsonObject counters = client(get(deployed, "application/json")).getAsJsonObject("counters");
      assertEquals(1, counters.get("refreshed").getAsInt());
    }
  }

  @ParameterizedTest
  @EnumSource
  void pageWithoutScripts_hasTheWordsOfTheLiveOne(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("chat-api"));
      Poll.until(() -> get(deployed, "text/html").body().contains("<span class=\"badge\">valid</span>"));
      assertTrue(get(deployed, "text/html").body().contains("data-client=\"chat-api\" data-kind=\"good\""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void page_runsUnderItsOwnPolicy_andLoadsNothing(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      HttpResponse<String> page = get(deployed, "text/html,*/*;q=0.8");
      assertEquals(200, page.statusCode());
      String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
      String script = between(page.body(), "<script>", "</script>");
      String style = between(page.body(), "<style>", "</style>");
      assertTrue(policy.contains("script-src '" + hash(script) + "'"), policy);
      assertTrue(policy.contains("style-src '" + hash(style) + "'"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      String markup = page.body().replace(script, "").replace(style, "");
      assertFalse(markup.matches("(?s).*(\\ssrc=|\\sstyle=|\\son\\w+=|https?://).*"), markup);
      assertTrue(markup.contains("chat-api") && markup.contains("the next call gets one"), "without scripts too: " + markup);
    }
  }

  @ParameterizedTest
  @EnumSource
  void prometheus_readsIt(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      HttpResponse<String> text = get(deployed, "text/plain;version=0.0.4");
      assertTrue(text.headers().firstValue("Content-Type").orElse("").contains("version=0.0.4"));
      assertTrue(text.body().contains("everbearer_rejections_total{client=\"chat-api\"} 0\n"), text.body());
      assertTrue(get(deployed, "application/openmetrics-text").body().endsWith("# EOF\n"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void timelineScript_isServedForOtherPages(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      HttpResponse<String> script = send(deployed, "/tokens/timeline.js", "GET", "", "*/*");
      assertTrue(script.headers().firstValue("Content-Type").orElse("").startsWith("text/javascript"));
      assertTrue(script.body().contains("const EverbearerTimeline"));
      assertEquals(404, send(deployed, "/tokens/else", "GET", "", "*/*").statusCode());
      assertEquals(406, get(deployed, "image/png").statusCode());
    }
  }

  // --- who may look

  @ParameterizedTest
  @EnumSource
  void byDefault_onlyThisMachineMayLook_andNotThroughAProxy(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      for (String type : List.of("text/html", "application/json", "text/plain", "text/event-stream")) {
        if (!type.equals("text/event-stream")) assertEquals(200, get(deployed, type).statusCode());
        for (String header : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")) {
          assertEquals(403, get(deployed, type, header, "127.0.0.1").statusCode(), header);
        }
      }
      assertEquals(403, send(deployed, "/tokens/timeline.js", "GET", "", "*/*", "Forwarded", "for=127.0.0.1").statusCode());
      String advice = get(deployed, "text/html", "Via", "1.1 proxy").body();
      for (String word : List.of("allowRole", "allowAddresses", "localhost")) assertTrue(advice.contains(word), advice);
      assertFalse(advice.contains("Via") || advice.contains("" + deployed.port()), "a stranger reads it: " + advice);
    }
  }

  @ParameterizedTest
  @EnumSource
  void foreignAddress_gets403(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of("allowAddresses", "10.0.0.0/8 2001:db8::1")))) {
      assertEquals(403, get(deployed, "text/html").statusCode());
      assertFalse(get(deployed, "text/html").body().contains("chat-api"));
    }
    try (Deployed deployed = container.deploy(app(Map.of("allowAddresses", "none")))) {
      assertEquals(403, get(deployed, "application/json").statusCode());
    }
    try (Deployed deployed = container.deploy(app(Map.of("allowAddresses", "10.0.0.0/8, 127.0.0.0/8")))) {
      assertEquals(200, get(deployed, "application/json").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void foreignAddress_gets403_onEveryRoute(Container container) throws Exception {
    Map<String, String> params = Map.of("allowAddresses", "10.0.0.0/8", "allowRole", "operator");
    try (Deployed deployed = container.deploy(app(params))) {
      for (String type : List.of("text/html", "application/json", "text/plain", "application/openmetrics-text",
          "text/event-stream", "image/png")) {
        assertEquals(403, get(deployed, type).statusCode(), type);
      }
      for (String path : List.of("/tokens", "/tokens/", "/tokens/timeline.js", "/tokens/else")) {
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")) {
          HttpResponse<String> answer = send(deployed, path, method, "client=chat-api", "*/*", "X-Everbearer-Action",
              "refreshNow");
          assertEquals(403, answer.statusCode(), method + " " + path);
          assertFalse(answer.body().contains("chat-api"), answer.body());
        }
      }
      assertEquals(0, chat.refreshes.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void role_mayLookFromAnywhere(Container container) throws Exception {
    Map<String, String> params = Map.of("allowAddresses", "none", "allowRole", "operator");
    try (Deployed deployed = container.deploy(app(params))) {
      assertEquals(200, get(deployed, "application/json", "X-Test-Role", "operator", "Via", "a proxy").statusCode());
      assertEquals(403, get(deployed, "application/json", "X-Test-Role", "guest").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrongParameters_areRefusedTogether(Container container) throws Exception {
    Map<String, String> params = Map.of("allowAddresses", "10.0.0.0/8 localhost", "allowRoles", "x");
    try (Deployed deployed = container.deploy(app(params))) {
      assertEquals(500, get(deployed, "application/json").statusCode() / 100 * 100);
    } catch (Exception refused) {
      String message = refused + " " + refused.getCause();
      assertTrue(message.contains("localhost") && message.contains("allowRoles"), message);
    }
  }

  // --- who may act

  private HttpResponse<String> act(Deployed deployed, String action, String... headers) throws Exception {
    List<String> all = new ArrayList<>(List.of(headers));
    if (action != null) all.addAll(List.of("X-Everbearer-Action", action));
    return send(deployed, "/tokens", "POST", "client=chat-api", "*/*", all.toArray(new String[0]));
  }

  @ParameterizedTest
  @EnumSource
  void anAddressAlone_mayNotAct(Container container) throws Exception {
    for (Map<String, String> params : List.of(Map.<String, String>of(), OPERATORS, Map.of("allowAddresses", "0.0.0.0/0"))) {
      try (Deployed deployed = container.deploy(app(params))) {
        assertEquals(403, act(deployed, "refreshNow").statusCode());
        assertEquals(0, chat.refreshes.get());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void role_mayAct(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(OPERATORS))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      HttpResponse<String> done = act(deployed, "refreshNow", "X-Test-Role", "operator");
      assertEquals("A refresh has begun.\n", done.body());
      Poll.until(() -> chat.refreshes.get() == 1);
      assertEquals("a.chat.2", tokens.validAccessToken("chat-api"));
      assertEquals(200, act(deployed, "invalidate", "X-Test-Role", "operator").statusCode());
      assertTrue(tokens.isExpired("chat-api"));
      assertEquals("a.chat.3", tokens.validAccessToken("chat-api"));
      assertEquals(400, act(deployed, "explode", "X-Test-Role", "operator").statusCode());
      assertEquals(404, send(deployed, "/tokens", "POST", "client=other", "*/*", "X-Test-Role", "operator",
          "X-Everbearer-Action", "refreshNow").statusCode());
      assertTrue(get(deployed, "text/html", "X-Test-Role", "operator").body().contains("<main data-may-act>"));
      assertTrue(get(deployed, "text/html").body().contains("<main>"), "who may not act is shown no buttons");
    }
  }

  @ParameterizedTest
  @EnumSource
  void foreignPage_cannotActForTheOperatorWhoVisitsIt(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(OPERATORS))) {
      assertEquals(403, act(deployed, null, "X-Test-Role", "operator").statusCode(), "a plain form has no such header");
      assertEquals(403, act(deployed, "refreshNow", "X-Test-Role", "operator", "Origin", "https://evil.example").statusCode());
      assertEquals(403, act(deployed, "refreshNow", "X-Test-Role", "operator", "Sec-Fetch-Site", "same-site").statusCode());
      assertEquals(403, act(deployed, "refreshNow", "X-Test-Role", "operator", "Origin", "null").statusCode());
      assertEquals(403, act(deployed, "refreshNow", "X-Test-Role", "operator", "Origin",
          "127.0.0.1:" + deployed.port()).statusCode(), "which is no origin");
      assertEquals(0, chat.refreshes.get());
      String origin = "http://127.0.0.1:" + deployed.port();
      assertEquals(200, act(deployed, "refreshNow", "X-Test-Role", "operator", "Origin", origin).statusCode());
      assertEquals(200, act(deployed, "refreshNow", "X-Test-Role", "operator", "Sec-Fetch-Site", "same-origin").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withATokenPerUser_thereIsNothingToActOn(Container container) throws Exception {
    WebApp app = new WebApp().filter(Login.class, "/*")
        .client("chat-api", chat.client("identity", "session"), "/*").status("/tokens/*", OPERATORS);
    try (Deployed deployed = container.deploy(app)) {
      HttpResponse<String> refused = act(deployed, "refreshNow", "X-Test-Role", "operator");
      assertEquals(409, refused.statusCode());
      assertTrue(refused.body().contains("one for each user"), refused.body());
      assertEquals("PER_USER", client(get(deployed, "application/json")).get("state").getAsString());
    }
  }

  // --- live

  @ParameterizedTest
  @EnumSource
  void events_arriveLive_andEndWithTheApplication(Container container) throws Exception {
    Deployed deployed = container.deploy(app(Map.of()));
    boolean closed = false;
    try (BufferedReader events = watch(deployed)) {
      assertTrue(nextData(events).contains("\"client\":\"chat-api\""));
      BearerTokens.of(deployed.context()).validAccessToken("chat-api");
      for (String data = nextData(events); !data.contains("\"type\":\"refreshed\""); data = nextData(events)) {
        assertFalse(data.contains("\"type\":\"loaded\""), "told once is enough: " + data);
      }
      closed = true;
      deployed.close();
      assertEnds(events);
    } finally {
      if (!closed) deployed.close();
    }
    Leftovers.assertNoThread();
  }

  @ParameterizedTest
  @EnumSource
  void watchers_areBounded_andAreSentToPolling(Container container) throws Exception {
    WebApp app = app(Map.of());
    app.threads = 16;
    List<BufferedReader> watching = new ArrayList<>();
    try (Deployed deployed = container.deploy(app)) {
      try {
        for (int i = 0; i < StatusStream.MOST; i++) {
          watching.add(watch(deployed));
          nextData(watching.get(i));
        }
        assertEquals(503, get(deployed, "text/event-stream").statusCode());
        assertEquals(200, get(deployed, "application/json").statusCode());
      } finally {
        for (BufferedReader each : watching) each.close();
      }
    }
  }

  /** It takes nothing that is sent to it; the others get all of it. */
  @ParameterizedTest
  @EnumSource
  void watcherThatReadsNothing_harmsNobody(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(OPERATORS)); Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(1024);
      deaf.connect(new java.net.InetSocketAddress("127.0.0.1", deployed.port()));
      deaf.getOutputStream().write("GET /tokens HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII));
      BearerTokens tokens = BearerTokens.of(deployed.context());
      try (BufferedReader events = watch(deployed)) {
        nextData(events);
        while (chat.refreshes.get() < 100) act(deployed, "refreshNow", "X-Test-Role", "operator");
        // None must be on its way any more, or it would end unseen.
        Poll.until(() -> client(get(deployed, "application/json")).getAsJsonObject("counters").get("refreshed").getAsInt()
            == chat.refreshes.get());
        tokens.clearTokens("chat-api");
        String newest = nextData(events);
        while (!newest.contains("\"type\":\"cleared\"")) newest = nextData(events);
        assertTrue(newest.contains("\"refreshed\":" + chat.refreshes.get()), newest);
      }
    }
    Leftovers.assertNoThread();
  }

  private BufferedReader watch(Deployed deployed) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + deployed.port() + "/tokens"))
        .header("Accept", "text/event-stream").build();
    HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  private static String nextData(BufferedReader events) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("data: ")) return line.substring(6);
    }
    throw new AssertionError("the stream has ended");
  }

  private static void assertEnds(BufferedReader events) {
    try {
      for (String line = events.readLine(); line != null; line = events.readLine()) assertFalse(line.contains("access-token"));
    } catch (IOException endedByTheServer) {
      // As good an end as the other.
    }
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from) + from.length();
    return text.substring(start, text.indexOf(to, start));
  }

  private static String hash(String text) throws Exception {
    return "sha256-" + Base64.getEncoder().encodeToString(
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @EnumSource
  void lateListener_isToldWhatIsHeld_andAFailingOneHarmsNoOther(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      tokens.validAccessToken("chat-api");
      List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
      tokens.addListener(event -> {
        throw new IllegalStateException("a listener that fails");
      });
      tokens.addListener("chat-api", event -> heard.add(event.type() + " " + event.token()));
      Poll.until(() -> heard.contains("HELD " + org.everbearer.Fingerprint.of("a.chat.2")));
      assertThrows(IllegalArgumentException.class, () -> tokens.addListener("other", event -> {}));
    }
  }
}
