package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that move from one node to another, and tokens that change hands while they are refreshed. */
class SharedSessionTest {
  private static final String ATTRIBUTE = SessionFamily.attribute("chat-api");

  /** The session's attribute as the container saves or replicates it. */
  private final AtomicReference<byte[]> moved = new AtomicReference<>();
  private final AtomicReference<Callable<String>> captured = new AtomicReference<>();
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.answers.countDown();
    chat.close();
  }

  private WebApp node(String store, String... more) {
    String[] params = new String[more.length + 4];
    System.arraycopy(new String[] {"identity", "session", "store", store}, 0, params, 0, 4);
    System.arraycopy(more, 0, params, 4, more.length);
    return new WebApp().client("chat-api", chat.client(params), "/*")
        .servlet("/expired", (request, response) -> tokens(request).storeTokens(request, "chat-api",
            TokenSet.of(null, "r." + request.getParameter("user") + ".1")))
        .servlet("/logout", (request, response) -> tokens(request).clearTokens(request, "chat-api"))
        .servlet("/invalidate", (request, response) -> request.getSession().invalidate())
        .servlet("/token", (request, response) ->
            response.getWriter().write(tokens(request).validAccessToken("chat-api")))
        .servlet("/capture", (request, response) -> {
          BearerTokens tokens = tokens(request);
          captured.set(tokens.propagate((Callable<String>) () -> tokens.validAccessToken("chat-api")));
        })
        .servlet("/save", (request, response) ->
            moved.set(Serialized.bytes(request.getSession().getAttribute(ATTRIBUTE))))
        .servlet("/restore", (request, response) -> {
          try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(moved.get()))) {
            request.getSession().setAttribute(ATTRIBUTE, in.readObject());
          }
        })
        .servlet("/login-page", (request, response) -> response.getWriter().write("sign in here"));
  }

  private WebApp sharing() {
    return node(SharedTokenStore.class.getName());
  }

  private static BearerTokens tokens(HttpServletRequest request) {
    return BearerTokens.of(request.getServletContext());
  }

  private Deployed.Browser moveTo(Deployed node) throws Exception {
    Deployed.Browser browser = node.browser();
    assertEquals(200, browser.get("/restore").statusCode());
    return browser;
  }

  @Test
  void aSessionThatMoves_findsItsTokensOnTheOtherNode() throws Exception {
    try (Deployed tomcat = Container.TOMCAT.deploy(sharing()); Deployed jetty = Container.JETTY.deploy(sharing())) {
      Deployed.Browser ann = tomcat.browser();
      ann.body("/expired?user=moving");
      assertEquals("a.moving.2", ann.body("/token"));
      ann.body("/save");
      assertEquals("a.moving.2", moveTo(jetty).body("/token"));
      assertEquals(1, chat.refreshes.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionThatIsRestoredAfterARestart_findsItsTokens(Container container) throws Exception {
    try (Deployed before = container.deploy(sharing())) {
      Deployed.Browser ann = before.browser();
      ann.body("/expired?user=restarted" + container);
      ann.body("/save");
    }
    try (Deployed after = container.deploy(sharing())) {
      assertEquals("a.restarted" + container + ".2", moveTo(after).body("/token"));
    }
  }

  @Test
  void requestsOfOneSessionOnTwoNodes_spendItsRefreshTokenOnce() throws Exception {
    ExecutorService tabs = Executors.newFixedThreadPool(16);
    try (Deployed tomcat = Container.TOMCAT.deploy(sharing()); Deployed jetty = Container.JETTY.deploy(sharing())) {
      Deployed.Browser here = tomcat.browser();
      here.body("/expired?user=twofold");
      here.body("/save");
      Deployed.Browser there = moveTo(jetty);
      List<Future<String>> replies = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        replies.add(tabs.submit(() -> here.body("/token")));
        replies.add(tabs.submit(() -> there.body("/token")));
      }
      for (Future<String> reply : replies) assertEquals("a.twofold.2", reply.get());
      assertEquals(1, chat.refreshes.get());
    } finally {
      tabs.shutdownNow();
    }
  }

  @Test
  void aSessionThatHasSignedOut_findsNothingOnTheOtherNode() throws Exception {
    try (Deployed tomcat = Container.TOMCAT.deploy(sharing()); Deployed jetty = Container.JETTY.deploy(sharing())) {
      Deployed.Browser ann = tomcat.browser();
      ann.body("/expired?user=gone");
      ann.body("/save");
      ann.body("/logout");
      assertEquals(401, moveTo(jetty).get("/token").statusCode());
      assertEquals(0, chat.refreshes.get());
    }
  }

  /** Not every container can say of a session that it ends whether it has timed out, and so may go on elsewhere. */
  @ParameterizedTest
  @EnumSource
  void aSessionThatIsInvalidated_isSignedOutEverywhere(Container container) throws Exception {
    try (Deployed node = container.deploy(sharing())) {
      Deployed.Browser ann = node.browser();
      ann.body("/expired?user=ended" + container);
      assertEquals("a.ended" + container + ".2", ann.body("/token"));
      ann.body("/save");
      assertEquals(200, ann.get("/invalidate").statusCode());
      await(() -> record() == null || record().refreshToken() == null);
      assertEquals(401, moveTo(node).get("/token").statusCode());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereMemoryWasLost_theConfiguredAnswerIsGiven(Container container) throws Exception {
    try (Deployed lost = container.deploy(node("memory"))) {
      Deployed.Browser ann = lost.browser();
      ann.body("/expired?user=lost");
      ann.body("/save");
    }
    try (Deployed other = container.deploy(node("memory", "onUnavailable", "redirect:/login-page"))) {
      HttpResponse<String> reply = moveTo(other).get("/token");
      assertEquals(302, reply.statusCode(), reply.body());
      assertTrue(reply.headers().firstValue("Location").orElse("").endsWith("/login-page"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "shared"})
  void aRefreshThatEndsAfterTheNextLogin_bringsNothingBack(String kind) throws Exception {
    String store = kind.equals("shared") ? SharedTokenStore.class.getName() : kind;
    ExecutorService tab = Executors.newSingleThreadExecutor();
    try (Deployed deployed = Container.TOMCAT.deploy(node(store))) {
      Deployed.Browser browser = deployed.browser();
      browser.body("/expired?user=late" + kind);
      browser.body("/capture");
      browser.body("/save");
      chat.answers = new CountDownLatch(1);
      Future<HttpResponse<String>> old = tab.submit(() -> browser.get("/token"));
      assertTrue(chat.arrived.tryAcquire(1, TimeUnit.MINUTES));
      assertEquals(200, browser.get("/expired?user=next" + kind).statusCode());
      if (kind.equals("shared")) {
        await(() -> record().refreshToken() == null);
        chat.answers.countDown();
        assertEquals(401, old.get(1, TimeUnit.MINUTES).statusCode());
        assertNull(record().refreshToken());
      } else {
        // Nothing shows from outside whether the old family is cleared by now, so this answer may be either.
        chat.answers.countDown();
        old.get(1, TimeUnit.MINUTES);
      }
      assertEquals("a.next" + kind + ".2", browser.body("/token"));
      await(() -> reasonOf(captured.get()) == TokenException.Reason.NO_TOKENS);
    } finally {
      tab.shutdownNow();
    }
  }

  private static TokenException.Reason reasonOf(Callable<String> task) throws Exception {
    try {
      task.call();
      return null;
    } catch (TokenException e) {
      return e.reason();
    }
  }

  /** The family that was replaced is cleared soon, on another thread. */
  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) fail("the replaced family was never given up");
      LockSupport.parkNanos(5_000_000);
    }
  }

  private TokenRecord record() throws Exception {
    TokenStore store = new SharedTokenStore();
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(moved.get()))) {
      return store.read("chat-api/" + ((SessionFamily) in.readObject()).id()).record();
    } finally {
      store.close();
    }
  }
}
