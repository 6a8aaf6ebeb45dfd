package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What containers do to a session's attributes that is not the session's end. */
class SessionFamilyTest {
  private static final String ATTRIBUTE = SessionFamily.attribute("chat-api");

  private final AtomicReference<Callable<String>> captured = new AtomicReference<>();

  private WebApp app(StandIn chat) {
    return new WebApp().client("chat-api", chat.client("identity", "session"), "/*")
        .servlet("/login", (request, response) -> BearerTokens.of(request.getServletContext())
            .storeTokens(request, "chat-api", TokenSet.of("a.ann.1", "r.ann.1").expiresIn(Duration.ofHours(1))))
        // A session manager that replicates puts a copy of the attribute in its place.
        .servlet("/replicate", (request, response) -> {
          HttpSession session = request.getSession();
          session.setAttribute(ATTRIBUTE,
              Serialized.copy(SessionFamily.class, (SessionFamily) session.getAttribute(ATTRIBUTE)));
        })
        .servlet("/capture", (request, response) -> {
          BearerTokens tokens = BearerTokens.of(request.getServletContext());
          captured.set(tokens.propagate((Callable<String>) () -> tokens.validAccessToken("chat-api")));
        })
        .servlet("/token", (request, response) -> response.getWriter()
            .write(BearerTokens.of(request.getServletContext()).validAccessToken("chat-api")));
  }

  @ParameterizedTest
  @EnumSource
  void aCopyInItsPlace_keepsTheTokens(Container container) throws Exception {
    try (StandIn chat = new StandIn(); Deployed deployed = container.deploy(app(chat))) {
      Deployed.Browser ann = deployed.browser();
      ann.body("/login");
      for (int i = 0; i < 3; i++) assertEquals(200, ann.get("/replicate").statusCode());
      // Families end one after the other: when the one that ends last is gone, no other is still to come.
      Deployed.Browser bob = deployed.browser();
      bob.body("/login");
      bob.body("/capture");
      bob.body("/login");
      awaitEnd(captured.get());
      assertEquals("a.ann.1", ann.body("/token"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRestoredSession_findsNoTokensAfterTheMemoryStoreIsLost(Container container) throws Exception {
    AtomicReference<SessionFamily> saved = new AtomicReference<>();
    try (StandIn chat = new StandIn()) {
      WebApp first = app(chat).servlet("/save",
          (request, response) -> saved.set((SessionFamily) request.getSession().getAttribute(ATTRIBUTE)));
      try (Deployed deployed = container.deploy(first)) {
        Deployed.Browser ann = deployed.browser();
        ann.body("/login");
        ann.body("/save");
      }
      WebApp second = app(chat).servlet("/restore",
          (request, response) -> request.getSession().setAttribute(ATTRIBUTE, copy(saved.get())));
      try (Deployed deployed = container.deploy(second)) {
        Deployed.Browser ann = deployed.browser();
        assertEquals(200, ann.get("/restore").statusCode());
        HttpResponse<String> reply = ann.get("/token");
        assertEquals(401, reply.statusCode(), reply.body());
      }
    }
  }

  private static void awaitEnd(Callable<String> token) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try {
        token.call();
        LockSupport.parkNanos(20_000_000);
      } catch (TokenException ended) {
        return;
      }
    }
    fail("the replaced family was never given up");
  }

  private static SessionFamily copy(SessionFamily family) throws IOException, ClassNotFoundException {
    return Serialized.copy(SessionFamily.class, family);
  }
}
