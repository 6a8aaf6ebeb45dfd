package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnavailableAnswerTest {
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
    chat.refusal = 500;
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  private final CountDownLatch completed = new CountDownLatch(1);
  private final AsyncListener completion = new AsyncListener() {
    @Override
    public void onComplete(AsyncEvent event) {
      completed.countDown();
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  };

  /** Puts a header on every reply, as a CORS filter does. */
  public static final class Marking implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      ((HttpServletResponse) response).setHeader("Access-Control-Allow-Origin", "https://app.example.com");
      chain.doFilter(request, response);
    }
  }

  /** Each path fails in its own way for want of a token. */
  private WebApp failing(String... more) {
    return new WebApp().filter(Marking.class, "/*")
        .client("chat-api", chat.client(with(more, "refreshToken", "r.secret.1", "background", "false")), "/*",
            EnumSet.allOf(DispatcherType.class))
        .servlet("/plain", (request, response) -> token(request))
        .servlet("/http-client", (request, response) -> {
          try (CloseableHttpClient http = tokens(request).addTo(HttpClients.custom()).build()) {
            http.execute(new HttpGet(chat.origin() + "/api"), new BasicHttpClientResponseHandler());
          }
        })
        .servlet("/servlet-exception", (request, response) -> {
          try {
            token(request);
          } catch (TokenException e) {
            throw new ServletException("wrapped", new IOException(e));
          }
        })
        .servlet("/runtime-exception", (request, response) -> {
          try {
            token(request);
          } catch (TokenException e) {
            throw new CompletionException(new UncheckedIOException(e));
          }
        })
        .servlet("/half-written", (request, response) -> {
          response.setContentType("text/csv");
          response.setHeader("Content-Encoding", "gzip");
          response.setHeader("Cache-Control", "public, max-age=3600");
          response.setContentLength(100_000);
          response.getWriter().write("half");
          token(request);
        })
        .servlet("/committed", (request, response) -> {
          response.getWriter().write("half");
          response.flushBuffer();
          token(request);
        })
        .servlet("/async-started", (request, response) -> {
          AsyncContext async = request.startAsync();
          async.setTimeout(0);
          async.addListener(completion);
          token(request);
        })
        .servlet("/forward", (request, response) -> request.getRequestDispatcher("/plain").forward(request, response))
        .servlet("/include", (request, response) -> request.getRequestDispatcher("/plain").include(request, response))
        .servlet("/other-failure", (request, response) -> {
          throw new IOException("disk full");
        })
        .servlet("/login", (request, response) -> {
          if (request.getParameter("fail") != null) token(request);
          response.getWriter().write("login");
        });
  }

  private static String[] with(String[] more, String... first) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static BearerTokens tokens(HttpServletRequest request) {
    return BearerTokens.of(request.getServletContext());
  }

  private static String token(HttpServletRequest request) throws TokenException {
    return tokens(request).validAccessToken("chat-api");
  }

  @ParameterizedTest
  @EnumSource
  void howeverTheFailureComesBack_theAnswerIs503WithRetryAfter(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing())) {
      for (String path : new String[] {"/plain", "/http-client", "/servlet-exception", "/runtime-exception",
          "/half-written", "/async-started", "/forward", "/include"}) {
        HttpResponse<String> reply = deployed.browser().get(path);
        assertEquals(503, reply.statusCode(), path);
        assertEquals("This service is not available at the moment. Please try again later.\n", reply.body(), path);
        assertEquals("text/plain;charset=utf-8",
            reply.headers().firstValue("Content-Type").orElseThrow().toLowerCase(Locale.ROOT), path);
        long seconds = reply.headers().firstValueAsLong("Retry-After").orElseThrow();
        assertTrue(seconds >= 1 && seconds <= 60, path + " says " + seconds);
        assertEquals("no-store", reply.headers().firstValue("Cache-Control").orElseThrow(), path);
        assertEquals("https://app.example.com",
            reply.headers().firstValue("Access-Control-Allow-Origin").orElse(null), path);
        assertTrue(reply.headers().firstValue("Content-Encoding").isEmpty(), path);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void asyncProcessingThatHadBegun_isCompleted(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing())) {
      assertEquals(503, deployed.browser().get("/async-started").statusCode());
      assertTrue(completed.await(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatAcceptsJson_getsJson(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing())) {
      HttpResponse<String> reply =
          deployed.browser().get("/plain", "Accept", "text/event-stream, application/json;q=0.9");
      assertEquals("{\"error\":\"temporarily_unavailable\",\"message\":\"This service is not available at the moment."
          + " Please try again later.\"}", reply.body());
      assertTrue(reply.headers().firstValue("Content-Type").orElseThrow().startsWith("application/json"));
      assertFalse(deployed.browser().body("/plain", "Accept", "text/html, application/json;q=0").startsWith("{"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCommittedResponse_isLeftToTheContainer(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing())) {
      String seen;
      try {
        seen = deployed.browser().get("/committed").body();
      } catch (IOException cutOff) {
        seen = "half";
      }
      assertFalse(seen.contains("not available"), seen);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureThatIsNotOurs_isNotAnswered(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing())) {
      assertEquals(500, deployed.browser().get("/other-failure").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void pass_letsTheFailureThrough(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("onUnavailable", "pass"))) {
      assertEquals(500, deployed.browser().get("/plain").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void unauthorized_namesAScheme(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("onUnavailable", "401"))) {
      HttpResponse<String> reply = deployed.browser().get("/plain", "Accept", "application/json");
      assertEquals(401, reply.statusCode());
      assertTrue(reply.headers().firstValue("WWW-Authenticate").isPresent());
      assertEquals("{\"error\":\"sign_in_required\",\"message\":\"Please sign in.\"}", reply.body());
    }
  }

  @ParameterizedTest
  @EnumSource
  void redirect_leadsIntoTheContextAndNeverInCircles(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("onUnavailable", "redirect:/login?fail=1"))) {
      HttpResponse<String> reply = deployed.browser().get("/plain");
      assertEquals(302, reply.statusCode());
      assertTrue(reply.headers().firstValue("Location").orElseThrow().endsWith("/login?fail=1"));
      assertEquals(503, deployed.browser().get("/login?fail=1").statusCode());
    }
  }

  /** Follows redirects as a browser does that takes no cookies, and says where it ends. */
  private static HttpResponse<String> followed(Deployed deployed, String path) throws Exception {
    URI place = URI.create("http://127.0.0.1:" + deployed.port() + path);
    HttpClient http = HttpClient.newHttpClient();
    for (int hops = 0; hops < 5; hops++) {
      HttpResponse<String> reply = http.send(HttpRequest.newBuilder(place).build(), BodyHandlers.ofString());
      if (reply.statusCode() != 302) return reply;
      place = place.resolve(reply.headers().firstValue("Location").orElseThrow());
    }
    throw new AssertionError("redirected in circles, to " + place);
  }

  @ParameterizedTest
  @EnumSource
  void redirect_endsAtItsTarget_howeverThatIsSpelled(Container container) throws Exception {
    for (String target : new String[] {"/plain", "plain", "/plain?fail=1", "/plain#top", "/./plain",
        "/plain;v=1", "/pl%61in", "/other/../plain", "/plain/", "https://app.example.com/plain",
        "http://127.0.0.1/plain?a"}) {
      try (Deployed deployed = container.deploy(failing("onUnavailable", "redirect:" + target).servlet("/plain/",
          (request, response) -> token(request)))) {
        Deployed.Browser browser = deployed.browser();
        for (String path : new String[] {"/plain", "/plain?fail=2", "/plain;jsessionid=0123456789ABCDEF", "/%70lain"}) {
          assertEquals(503, browser.get(path).statusCode(), target + " asked for as " + path);
        }
        assertEquals(302, browser.get("/servlet-exception").statusCode(), target);
        if (target.startsWith("http")) continue;
        assertEquals(503, followed(deployed, "/servlet-exception").statusCode(), target);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void redirectToAForwardingPage_endsThere(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("onUnavailable", "redirect:/forward"))) {
      assertEquals(503, followed(deployed, "/servlet-exception").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void redirectToTheRootOfAnotherServer_isNoCircle(Container container) throws Exception {
    WebApp.Body body = (request, response) -> token(request);
    for (String there : new String[] {"https://sso.example.com", "https://sso.example.com/", "http://127.0.0.1:9/"}) {
      try (Deployed deployed =
          container.deploy(failing("onUnavailable", "redirect:" + there).servlet("/", body))) {
        HttpResponse<String> reply = deployed.browser().get("/");
        assertEquals(302, reply.statusCode());
        assertEquals(there, reply.headers().firstValue("Location").orElseThrow());
      }
    }
    for (String here : new String[] {"http://127.0.0.1", "https://127.0.0.1/", "/"}) {
      try (Deployed deployed =
          container.deploy(failing("onUnavailable", "redirect:" + here).servlet("/", body))) {
        assertEquals(503, deployed.browser().get("/").statusCode(), here);
      }
    }
  }

  /** Without cookies the container writes the session's id into the URL of the redirect. */
  @ParameterizedTest
  @EnumSource
  void redirectWithTheSessionInItsUrl_endsAtItsTarget_andAsksForALogin(Container container) throws Exception {
    WebApp app = new WebApp()
        .client("chat-api", chat.client("identity", "session", "onUnavailable", "redirect:/login"), "/*")
        .servlet("/start", (request, response) -> {
          request.getSession();
          token(request);
        })
        .servlet("/login", (request, response) -> {
          request.getSession();
          token(request);
        });
    try (Deployed deployed = container.deploy(app)) {
      HttpResponse<String> first = deployed.browser().get("/start");
      assertTrue(first.headers().firstValue("Location").orElseThrow().contains("/login;jsessionid="),
          "or it proves nothing: " + first.headers().map());
      assertEquals(401, followed(deployed, "/start").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void passAndPreflight_letTheRequestIntoTheChain(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("onUnavailable", "pass", "preflight", "true"))) {
      HttpResponse<String> reply = deployed.browser().get("/login");
      assertEquals(200, reply.statusCode());
      assertEquals("login", reply.body());
      assertEquals(500, deployed.browser().get("/plain").statusCode(), "there the exception passes on");
      assertTrue(chat.refreshes.get() > 0, "the token was asked for before");
    }
  }

  @ParameterizedTest
  @EnumSource
  void preflight_answersBeforeTheRequestGoesOn(Container container) throws Exception {
    try (Deployed deployed = container.deploy(failing("preflight", "true"))) {
      assertEquals(503, deployed.browser().get("/other-failure").statusCode());
      chat.refusal = 0;
      BearerTokens.of(deployed.context()).storeTokens("chat-api",
          TokenSet.of("fresh", "r.fresh.1").expiresIn(Duration.ofHours(1)));
      assertEquals(200, deployed.browser().get("/login").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withTwoClients_theOneWithoutATokenAnswers(Container container) throws Exception {
    try (StandIn mail = new StandIn()) {
      chat.refusal = 0;
      WebApp.Body body = (request, response) -> tokens(request).validAccessToken("user-api");
      WebApp userOutside = new WebApp().servlet("/user", body)
          .client("user-api", mail.client("identity", "session", "onUnavailable", "401"), "/*")
          .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
      WebApp userInside = new WebApp().servlet("/user", body)
          .client("chat-api", chat.client("refreshToken", "r.chat.2"), "/*")
          .client("user-api", mail.client("identity", "session", "onUnavailable", "401"), "/*");
      for (WebApp app : new WebApp[] {userOutside, userInside}) {
        try (Deployed deployed = container.deploy(app)) {
          BearerTokens.of(deployed.context()).validAccessToken("chat-api");
          assertEquals(401, deployed.browser().get("/user").statusCode());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTimeOfTheNextTry_isWhatRetryAfterSays(Container container) throws Exception {
    WebApp app = failing().servlet("/planned", (request, response) -> {
      throw new TokenException(Reason.TRANSIENT, "later").withRetryAfter(Duration.ofMillis(41_500));
    });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("42", deployed.browser().get("/planned").headers().firstValue("Retry-After").orElse(null));
    }
  }
}
