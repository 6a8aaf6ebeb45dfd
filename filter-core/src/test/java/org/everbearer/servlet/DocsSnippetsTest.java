package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.everbearer.Docs;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.coordinator.RefreshCoordinator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the pages show is not only compiled: it runs, in both containers, against a server that rotates. */
class DocsSnippetsTest {
  @TempDir
  Path directory;
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  @ParameterizedTest
  @EnumSource
  void firstScreen_callsTheApi_andSurvivesARedeployWithTheOldPair(Container container) throws Exception {
    Class<?> first = Docs.compile(directory, """
        import org.apache.hc.client5.http.classic.methods.*; import org.apache.hc.client5.http.impl.classic.*;
        import org.everbearer.servlet.BearerTokens;
        public class First { public static String run(jakarta.servlet.ServletContext servletContext) throws Exception {
        %s return reply; }}""".formatted(here(Docs.snippets("README.md", "java").get(0))));
    Method run = first.getMethod("run", ServletContext.class);
    for (int deployment = 1; deployment <= 2; deployment++) {
      WebApp app = new WebApp().client("chat-api", params(Docs.snippet("README.md", "xml", "<filter>")), "/*")
          .servlet("/", (request, response) ->
              response.getWriter().write((String) run.invoke(null, request.getServletContext())));
      try (Deployed deployed = container.deploy(app)) {
        String sent = deployed.browser().body("/");
        assertTrue(sent.startsWith("Bearer a.first."), "deployment " + deployment + ": " + sent);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readmesSnippets_giveTheToken(Container container) throws Exception {
    Object snippets = made(Docs.compile(directory, Docs.snippet("README.md", "java", "class Snippets")));
    WebApp app = new WebApp().client("chat-api", params(Docs.snippet("README.md", "xml", "<filter>")), "/*")
        .servlet("/", (request, response) -> {
          call(snippets, "all", request.getServletContext());
          response.getWriter().write("done");
        });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("done", deployed.browser().body("/"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void login_servesAFirstVisitor_andLogoutEndsIt(Container container) throws Exception {
    Object signedIn = made(Docs.compile(directory, Docs.snippet("docs/users.md", "java", "class SignedIn")));
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Executor pool = work -> new Thread(work).start();
    WebApp app = new WebApp().client("chat-api", chat.client("identity", "session"), "/*")
        .servlet("/login", (request, response) -> {
          String user = request.getParameter("user");
          call(signedIn, "afterLogin", request, BearerTokens.of(request.getServletContext()), "a." + user + ".1",
              "r." + user + ".1");
          response.getWriter().write(request.getSession().getId());
        })
        .servlet("/token", (request, response) -> response.getWriter().write(token(request)))
        .servlet("/elsewhere", (request, response) -> {
          BearerTokens tokens = BearerTokens.of(request.getServletContext());
          Runnable work = () -> seen.add(elsewhere(tokens));
          call(signedIn, "elsewhere", tokens, pool, work);
        })
        .servlet("/logout", (request, response) ->
            call(signedIn, "logout", request, BearerTokens.of(request.getServletContext())));
    try (Deployed deployed = container.deploy(app)) {
      Deployed.Browser alice = deployed.browser();
      HttpResponse<String> login = alice.get("/login?user=alice");
      assertEquals(200, login.statusCode(), login.body());
      assertNotEquals(login.body(), alice.body("/login?user=alice"), "the session's id changes at each login");
      assertTrue(alice.body("/token").startsWith("a.alice."));
      assertEquals(200, alice.get("/elsewhere").statusCode());
      for (int i = 0; i < 3; i++) assertTrue(String.valueOf(seen.poll(30, TimeUnit.SECONDS)).startsWith("a.alice."));
      assertEquals(200, alice.get("/logout").statusCode());
      assertEquals(401, alice.get("/token").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void readiness_turnsGreen_withoutTraffic_andRedWithoutAToken(Container container) throws Exception {
    Class<?> ready = Docs.compile(directory, Docs.snippet("docs/production.md", "java", "class Ready"));
    WebApp app = new WebApp()
        .client("chat-api", chat.client("refreshToken", "r.ready.1", "background", "false"), "/*")
        .servlet("/gone", (request, response) -> BearerTokens.of(request.getServletContext()).clearTokens("chat-api"));
    app.servlets.put("/ready", (HttpServlet) made(ready));
    try (Deployed deployed = container.deploy(app)) {
      int status = 503;
      // The first answers may be 503, until the refresh that they begin has landed.
      for (int tries = 0; tries < 1000 && status != 200; tries++) status = deployed.browser().get("/ready").statusCode();
      assertEquals(200, status);
      deployed.browser().get("/gone");
      assertEquals(503, deployed.browser().get("/ready").statusCode());
    }
  }

  @Test
  void ownProtocol_refreshesByTheLegacyServer() throws Exception {
    try (Legacy legacy = new Legacy()) {
      System.setProperty("legacy.url", legacy.url());
      Class<?> refresher = Docs.compile(directory, Docs.snippet("docs/protocols.md", "java", "class LegacyRefresh"));
      TokenRefresher made = (TokenRefresher) made(refresher);
      try (RefreshCoordinator coordinator = RefreshCoordinator.builder("legacy", made)
          .firstTokens(TokenSet.of("old", "spend me")).build()) {
        coordinator.start();
        assertEquals("jwt-for-spend-me", coordinator.application().token());
      } finally {
        System.clearProperty("legacy.url");
      }
    }
  }

  @Test
  void otherLibrary_repeatsOnceWithTheReplacement() throws Exception {
    Object calls = made(Docs.compile(directory, Docs.snippet("docs/http-libraries.md", "java", "class JdkCalls")));
    Method get = calls.getClass().getDeclaredMethod("get", URI.class, TokenSource.class);
    get.setAccessible(true);
    try (Legacy api = new Legacy();
        RefreshCoordinator coordinator = RefreshCoordinator
            .builder("chat-api", current -> TokenSet.of("good", "next").expiresIn(Duration.ofHours(1)))
            .firstTokens(TokenSet.of("bad", "refresh").expiresIn(Duration.ofHours(1))).build()) {
      coordinator.start();
      HttpResponse<?> reply = (HttpResponse<?>) get.invoke(calls, URI.create(api.apiUrl()), coordinator.application());
      assertEquals(200, reply.statusCode());
      assertEquals("Bearer good", reply.body());
      get.invoke(calls, URI.create(api.apiUrl()), coordinator.application());
      assertTrue(coordinator.application().accessToken().isAccepted());
    }
  }

  @Test
  void account_hasItsOwnTokens() throws Exception {
    String code = here(Docs.snippet("docs/users.md", "java", "class Account"))
        .replace("https://api.example.com", chat.origin());
    Constructor<?> account =
        Docs.compile(directory, code).getDeclaredConstructor(String.class, TokenSet.class, Path.class);
    account.setAccessible(true);
    for (String name : new String[] {"eu", "us"}) {
      try (AutoCloseable made =
          (AutoCloseable) account.newInstance(name, TokenSet.of("a." + name + ".1", "r." + name + ".1"), directory)) {
        Field field = made.getClass().getDeclaredField("http");
        field.setAccessible(true);
        CloseableHttpClient http = (CloseableHttpClient) field.get(made);
        String sent = http.execute(new HttpGet(chat.origin() + "/api"), new BasicHttpClientResponseHandler());
        assertTrue(sent.startsWith("Bearer a." + name + "."), sent);
      }
    }
  }

  private static String token(HttpServletRequest request) throws IOException {
    return BearerTokens.of(request.getServletContext()).validAccessToken("chat-api");
  }

  private static String elsewhere(BearerTokens tokens) {
    try {
      return tokens.validAccessToken("chat-api");
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Object made(Class<?> type) throws Exception {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static void call(Object on, String name, Object... arguments) throws Exception {
    for (Method method : on.getClass().getDeclaredMethods()) {
      if (!method.getName().equals(name)) continue;
      method.setAccessible(true);
      method.invoke(on, arguments);
      return;
    }
    throw new NoSuchMethodException(name);
  }

  private String here(String text) {
    return text.replace("https://chat.example.com/v1/rooms", chat.origin() + "/api")
        .replace("https://chat.example.com", chat.origin());
  }

  /** The block's own, with the stand-in and this test's directory in the places of what it names. */
  private Map<String, String> params(String block) throws Exception {
    Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new ByteArrayInputStream(("<web-app>" + block + "</web-app>").getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
    Map<String, String> params = new LinkedHashMap<>();
    NodeList nodes = root.getElementsByTagName("init-param");
    for (int i = 0; i < nodes.getLength(); i++) {
      Element param = (Element) nodes.item(i);
      String value = param.getElementsByTagName("param-value").item(0).getTextContent();
      params.put(param.getElementsByTagName("param-name").item(0).getTextContent(), here(value)
          .replace("https://api.example.com", chat.origin()).replace("/var/lib/chat", directory.toString())
          .replace("#{env:AUTH_ACCESS_TOKEN}", "a.first.1").replace("#{env:AUTH_REFRESH_TOKEN}", "r.first.1"));
    }
    return params;
  }

  /** A home-grown token endpoint, and an API that takes one token. */
  private static final class Legacy implements AutoCloseable {
    private final HttpServer server;

    Legacy() throws IOException {
      server = HttpServer.create(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/renew", exchange -> {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String token = URLDecoder.decode(form.replaceFirst("^token=", ""), StandardCharsets.UTF_8);
        answer(exchange, 200, "{\"jwt\":\"jwt-for-" + token.replace(' ', '-') + "\",\"next\":\"n2\",\"seconds\":300}");
      });
      server.createContext("/api", exchange -> {
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        answer(exchange, token.equals("Bearer good") ? 200 : 401, token);
      });
      server.start();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/renew";
    }

    String apiUrl() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/api";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
