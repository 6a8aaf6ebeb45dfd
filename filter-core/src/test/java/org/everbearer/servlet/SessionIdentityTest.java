package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionIdentityTest {
  private StandIn chat;
  /** What each user's request left behind: a task that asks for the token on behalf of the family of that moment. */
  private final Map<String, Callable<String>> captured = new ConcurrentHashMap<>();

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  private WebApp app() {
    return new WebApp()
        .client("chat-api", chat.client("identity", "session"), "/*", EnumSet.allOf(DispatcherType.class))
        .servlet("/login", (request, response) -> {
          String user = request.getParameter("user");
          tokens(request).storeTokens(request, "chat-api", TokenSet.of("a." + user + ".1", "r." + user + ".1")
              .expiresIn(Duration.ofSeconds(Long.parseLong(request.getParameter("seconds")))));
          response.getWriter().write(tokens(request).validAccessToken("chat-api"));
        })
        .servlet("/expired", (request, response) -> tokens(request).storeTokens(request, "chat-api",
            TokenSet.of(null, "r." + request.getParameter("user") + ".1")))
        .servlet("/logout", (request, response) -> {
          tokens(request).clearTokens(request, "chat-api");
          response.getWriter().write(tokens(request).isExpired("chat-api") ? "out" : "in");
        })
        .servlet("/token", (request, response) ->
            response.getWriter().write(tokens(request).validAccessToken("chat-api")))
        .servlet("/capture", (request, response) -> {
          BearerTokens tokens = tokens(request);
          Callable<String> task = () -> tokens.validAccessToken("chat-api");
          captured.put(request.getParameter("user"), tokens.propagate(task));
        })
        .servlet("/change", (request, response) -> response.getWriter().write(request.changeSessionId()))
        .servlet("/invalidate", (request, response) -> {
          request.getSession().invalidate();
          response.getWriter().write(tokens(request).validAccessToken("chat-api"));
        })
        .servlet("/short", (request, response) -> request.getSession().setMaxInactiveInterval(1))
        .servlet("/via-include", (request, response) -> {
          request.getRequestDispatcher("/login").include(request, response);
          response.getWriter().write(" then " + tokens(request).validAccessToken("chat-api"));
        })
        .servlet("/via-forward", (request, response) ->
            request.getRequestDispatcher("/login").forward(request, response))
        .servlet("/open", (request, response) ->
            response.getWriter().write(request.getSession(false) == null ? "no session" : "session"));
  }

  private static BearerTokens tokens(HttpServletRequest request) {
    return BearerTokens.of(request.getServletContext());
  }

  @ParameterizedTest
  @EnumSource
  void eachUser_getsTheirOwnToken(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      Deployed.Browser bob = deployed.browser();
      assertEquals("a.ann.1", ann.body("/login?user=ann&seconds=3600"));
      assertEquals("a.bob.1", bob.body("/login?user=bob&seconds=3600"));
      assertEquals("a.ann.1", ann.body("/token"));
      assertEquals("a.bob.1", bob.body("/token"));
      assertEquals(0, chat.refreshes.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void parallelRequestsOfOneSession_shareOneRefresh(Container container) throws Exception {
    ExecutorService tabs = Executors.newFixedThreadPool(8);
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/expired?user=ann");
      List<Future<String>> replies = new ArrayList<>();
      for (int i = 0; i < 8; i++) replies.add(tabs.submit(() -> ann.body("/token")));
      for (Future<String> reply : replies) assertEquals("a.ann.2", reply.get());
      assertEquals(1, chat.refreshes.get());
    } finally {
      tabs.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutLogin_theAnswerIs401AndNoSessionIsBegun(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      HttpResponse<String> reply = deployed.browser().get("/token");
      assertEquals(401, reply.statusCode());
      assertEquals("Session realm=\"sign-in\"", reply.headers().firstValue("WWW-Authenticate").orElse(null));
      assertEquals(List.of(), reply.headers().allValues("Set-Cookie"));
      assertEquals("no session", deployed.browser().body("/open"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSessionsNewId_keepsTheUser(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login?user=ann&seconds=3600");
      assertNotEquals(ann.body("/change"), ann.body("/change"));
      assertEquals("a.ann.1", ann.body("/token"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void logout_takesTheTokensFromTheSessionAndFromWorkInFlight(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login?user=ann&seconds=3600");
      ann.body("/capture?user=ann");
      assertEquals("a.ann.1", captured.get("ann").call());
      assertEquals("out", ann.body("/logout"));
      assertEquals(401, ann.get("/token").statusCode());
      assertNull(tokenOf("ann"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void invalidatingTheSession_endsItsTokens(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login?user=ann&seconds=3600");
      ann.body("/capture?user=ann");
      assertEquals(401, ann.get("/invalidate").statusCode(), "already within the same request");
      awaitNoToken("ann", deployed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExpiredSession_endsItsTokensAndNoOthers(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser ann = deployed.browser();
      Deployed.Browser bob = deployed.browser();
      ann.body("/login?user=ann&seconds=3600");
      bob.body("/login?user=bob&seconds=3600");
      bob.body("/capture?user=bob");
      ann.body("/capture?user=ann");
      ann.body("/short");
      awaitNoToken("ann", deployed);
      assertEquals("a.bob.1", captured.get("bob").call());
    }
  }

  @ParameterizedTest
  @EnumSource
  void signingInAgain_replacesTheUserAndEndsTheOldTokens(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      Deployed.Browser browser = deployed.browser();
      browser.body("/login?user=ann&seconds=3600");
      browser.body("/capture?user=ann");
      assertEquals("a.bob.1", browser.body("/login?user=bob&seconds=3600"));
      assertEquals("a.bob.1", browser.body("/token"));
      awaitNoToken("ann", deployed);
      assertEquals("a.bob.1", browser.body("/token"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLoginInANestedDispatch_holdsForTheRestOfTheRequest(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app())) {
      assertEquals("a.ann.1 then a.ann.1", deployed.browser().body("/via-include?user=ann&seconds=3600"));
      assertEquals("a.bob.1", deployed.browser().body("/via-forward?user=bob&seconds=3600"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSession_holdsNoToken(Container container) throws Exception {
    List<Object> held = Collections.synchronizedList(new ArrayList<>());
    WebApp app = app().servlet("/held", (request, response) -> {
      for (String name : Collections.list(request.getSession().getAttributeNames())) {
        held.add(request.getSession().getAttribute(name));
      }
    });
    try (Deployed deployed = container.deploy(app)) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login?user=ann&seconds=3600");
      ann.body("/held");
      SessionFamily family = (SessionFamily) held.stream().filter(SessionFamily.class::isInstance).findAny().orElseThrow();
      assertTrue(family.id().length() >= 22, "128 bits are 22 characters");
      assertFalse(Serialized.text(family).contains("ann"));
    }
  }

  private String tokenOf(String user) throws Exception {
    try {
      return captured.get(user).call();
    } catch (TokenException e) {
      assertEquals(TokenException.Reason.NO_TOKENS, e.reason());
      return null;
    }
  }

  private void awaitNoToken(String user, Deployed deployed) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (tokenOf(user) != null) {
      if (System.nanoTime() > deadline) fail("the tokens of the ended session are still there");
      deployed.expireSessions();
      LockSupport.parkNanos(20_000_000);
    }
  }
}
