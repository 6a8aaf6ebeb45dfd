package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log says when a browser is told to sign in: the filter has answered, so nobody else will say it. */
class SignInAnswersTest {
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  private WebApp app() {
    return new WebApp().client("chat-api", chat.client("identity", "session"), "/*")
        .servlet("/login", (request, response) -> BearerTokens.of(request.getServletContext()).storeTokens(request,
            "chat-api", TokenSet.of("a.ann.1", "r.ann.1").expiresIn(Duration.ofHours(1))))
        .servlet("/pool", (request, response) -> {
          BearerTokens tokens = BearerTokens.of(request.getServletContext());
          try (CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build()) {
            CompletableFuture.runAsync(() -> call(http)).get();
          } catch (ExecutionException e) {
            throw new IOException(e);
          }
        })
        .servlet("/token", (request, response) -> response.getWriter().write(
            BearerTokens.of(request.getServletContext()).validAccessToken("chat-api")))
        // As a session comes back that was saved, when what held its tokens was not.
        .servlet("/restored", (request, response) -> request.getSession().setAttribute(
            SessionFamily.attribute("chat-api"), new SessionFamily("a-family-of-another-life")));
  }

  private void call(CloseableHttpClient http) {
    try {
      http.execute(new HttpGet(chat.origin() + "/api"), answer -> answer.getCode());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> warnings(LogAtDebug log) {
    return log.lines().stream().filter(line -> line.contains("WARN org.everbearer.chat-api")).toList();
  }

  @ParameterizedTest
  @EnumSource
  void signedInUser_whoseWorkRunsOnAThreadThatWasNotTold_isAMistakeThatTheLogNames(Container container)
      throws Exception {
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login");
      assertEquals(401, ann.get("/pool").statusCode());
      List<String> warnings = warnings(log);
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(warnings.get(0).contains("client chat-api: this thread works for no request")
          && warnings.get(0).contains("Remedy: hand the work over with tokens.propagate"), warnings.get(0));
    }
  }

  /** A probe on a thread of its own gets its answer, and asks again and again. */
  @ParameterizedTest
  @EnumSource
  void whoOnlyLooks_isNotWarned(Container container) throws Exception {
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app())) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      assertTrue(tokens.isExpired("chat-api"));
      assertNull(tokens.source("chat-api").accessTokenNow());
      assertEquals(List.of(), warnings(log));
      try {
        tokens.source("chat-api").accessTokenAsync().join();
      } catch (java.util.concurrent.CompletionException e) {
        assertEquals(TokenException.Reason.NO_TOKENS, ((TokenException) e.getCause()).reason());
      }
      assertEquals(1, warnings(log).size(), "and who demands is");
    }
  }

  @ParameterizedTest
  @EnumSource
  void userWhoseTokensAreGone_isAWarning(Container container) throws Exception {
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/restored");
      assertEquals(401, ann.get("/token").statusCode());
      Poll.until(() -> !warnings(log).isEmpty()); // events are told on a thread of their own
      List<String> warnings = warnings(log);
      assertTrue(warnings.get(0).contains("has to sign in again: the store has no tokens for this session"),
          warnings.get(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void firstVisitor_isNone(Container container) throws Exception {
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app())) {
      assertEquals(401, deployed.browser().get("/token").statusCode());
      assertEquals(List.of(), warnings(log));
      assertTrue(log.lines().stream().anyMatch(line -> line.contains("DEBUG org.everbearer.servlet.BearerTokenFilter")
          && line.contains("nobody has signed in with this session")), log.lines().toString());
    }
  }
}
