package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpHost;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BearerTokensTest {
  private StandIn chat;
  private StandIn mail;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
    mail = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
    mail.close();
  }

  @ParameterizedTest
  @EnumSource
  void eachOrigin_getsTheTokenOfItsOwnClient(Container container) throws Exception {
    WebApp app = new WebApp()
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*")
        .client("mail-api", mail.client("refreshToken", "r.mail.1"), "/*");
    try (Deployed deployed = container.deploy(app);
        CloseableHttpClient http = BearerTokens.of(deployed.context()).addTo(HttpClients.custom()).build()) {
      assertEquals("Bearer a.chat.2", get(http, chat.origin()));
      assertEquals("Bearer a.mail.2", get(http, mail.origin()));
      try (StandIn stranger = new StandIn()) {
        assertEquals("none", get(http, stranger.origin()));
      }
    }
  }

  /** Nobody listens at the origin: only the proxy can answer, and says what it could read. */
  @ParameterizedTest
  @EnumSource
  void proxyThatReadsTheToken_getsItOnATrustedNetworkOnly(Container container) throws Exception {
    HttpHost proxy = HttpHost.create(chat.origin());
    for (String[] said : new String[][] {{"http://127.0.0.1:9", "false", "none"},
        {"http://127.0.0.1:9", "true", "Bearer given"}, {"http://api.everbearer.invalid", "true", "Bearer given"}}) {
      WebApp app = new WebApp().client("chat-api", Map.of("protocol", "static", "accessToken", "given",
          "allowedOrigins", said[0], "allowInsecure", said[1]), "/*");
      try (Deployed deployed = container.deploy(app); CloseableHttpClient http = BearerTokens.of(deployed.context())
          .addTo(HttpClients.custom().setProxy(proxy)).build()) {
        assertEquals(said[2], get(http, said[0]), said[0] + " with allowInsecure=" + said[1]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theGuidesFunctions_workOnTheApplicationsTokens(Container container) throws Exception {
    WebApp app = new WebApp().client("chat-api", chat.client("refreshToken", "r.chat.1", "background", "false"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      assertEquals("a.chat.2", tokens.validAccessToken("chat-api"));
      assertFalse(tokens.isExpired("chat-api"));

      tokens.storeTokens("chat-api", TokenSet.of("handed", "r.over.5").expiresIn(Duration.ofHours(1)));
      assertEquals("handed", tokens.source("chat-api").token());

      tokens.clearTokens("chat-api");
      assertTrue(tokens.isExpired("chat-api"));
      TokenException none = assertThrows(TokenException.class, () -> tokens.validAccessToken("chat-api"));
      assertEquals(TokenException.Reason.NO_TOKENS, none.reason());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRejectedToken_hasAReplacementThatAnyHttpLibraryCanAskFor(Container container) throws Exception {
    WebApp app = new WebApp().client("chat-api", chat.client("refreshToken", "r.chat.1", "background", "false"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      TokenSource source = BearerTokens.of(deployed.context()).source("chat-api");
      AccessToken first = source.accessToken();
      source.accepted(first);
      assertTrue(first.isAccepted());
      assertEquals("a.chat.3", source.replacementFor(first.value()).get(20, TimeUnit.SECONDS).value());
      assertEquals("a.chat.3", source.replacementFor(first.value()).get(20, TimeUnit.SECONDS).value(), "a late report");
      assertEquals(2, chat.refreshes.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobodyBound_hasNoReplacement(Container container) throws Exception {
    WebApp app = new WebApp().client("chat-api", chat.client("identity", "session"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      TokenSource source = BearerTokens.of(deployed.context()).source("chat-api");
      assertNull(source.replacementFor("a.chat.2").get(20, TimeUnit.SECONDS));
      AccessToken token = AccessToken.of("a.chat.2");
      source.accepted(token);
      assertTrue(token.isAccepted());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownClient_isNamedBesideTheKnownOnes(Container container) throws Exception {
    WebApp app = new WebApp().client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      String message = assertThrows(IllegalArgumentException.class, () -> tokens.source("chatapi")).getMessage();
      assertTrue(message.contains("chatapi") && message.contains("[chat-api]"), message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionsMethod_refusesTheApplicationsClient(Container container) throws Exception {
    AtomicReference<String> message = new AtomicReference<>();
    WebApp app = new WebApp().client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*")
        .servlet("/login", (request, response) -> {
          BearerTokens tokens = BearerTokens.of(request.getServletContext());
          message.set(assertThrows(IllegalArgumentException.class,
              () -> tokens.storeTokens(request, "chat-api", TokenSet.of("a", "r"))).getMessage());
        });
    try (Deployed deployed = container.deploy(app)) {
      assertEquals(200, deployed.browser().get("/login").statusCode());
      assertTrue(message.get().contains("identity=session"), message.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAFilter_theMessageShowsWhatToDeclare(Container container) throws Exception {
    try (Deployed deployed = container.deploy(new WebApp())) {
      String message =
          assertThrows(IllegalStateException.class, () -> BearerTokens.of(deployed.context())).getMessage();
      assertTrue(message.contains("<filter-class>org.everbearer.servlet.BearerTokenFilter</filter-class>"), message);
    }
  }

  /** Uses a client before any filter has been initialised. */
  public static final class EarlyUse implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      try {
        event.getServletContext().setAttribute("early",
            BearerTokens.of(event.getServletContext()).validAccessToken("chat-api"));
      } catch (TokenException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListener_getsATokenBeforeTheFilterIsUp(Container container) throws Exception {
    WebApp app = new WebApp().listener(EarlyUse.class)
        .client("chat-api", chat.client("refreshToken", "r.chat.1", "background", "false"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("a.chat.2", deployed.context().getAttribute("early"));
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("chat-api"));
      assertEquals(1, chat.refreshes.get(), "the filter must have taken over the client that runs already");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListenerThatMayNotAskForFilters_getsTokensOnceTheyAreUp(Container container) throws Exception {
    AtomicReference<BearerTokens> early = new AtomicReference<>();
    WebApp app = new WebApp()
        .undeclaredListener(new ServletContextListener() {
          @Override
          public void contextInitialized(ServletContextEvent event) {
            early.set(BearerTokens.of(event.getServletContext()));
          }
        })
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
    try (Deployed deployed = container.deploy(app);
        CloseableHttpClient http = early.get().addTo(HttpClients.custom()).build()) {
      assertEquals("Bearer a.chat.2", get(http, chat.origin()));
      assertEquals(BearerTokens.of(deployed.context()), early.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongConfiguration_stopsTheDeploymentWithAllProblems(Container container) {
    Map<String, String> wrong =
        chat.client("refreshToken", "r.chat.1", "refreshMargn", "5m", "identity", "everybody", "waitTimeout", "soon");
    WebApp app = new WebApp().client("chat-api", wrong, "/*");
    String message = assertThrows(ServletException.class, () -> container.deploy(app).close()).getMessage();
    for (String culprit : new String[] {"chat-api", "refreshMargn", "refreshMargin", "everybody", "soon"}) {
      assertTrue(message.contains(culprit), () -> culprit + " is missing in: " + message);
    }
    assertFalse(message.contains("r.chat.1"), message);
  }

  @ParameterizedTest
  @EnumSource
  void twoClientsForOneOrigin_stopTheDeployment(Container container) {
    WebApp app = new WebApp()
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*")
        .client("chat-too", chat.client("refreshToken", "r.too.1"), "/*");
    String message = assertThrows(ServletException.class, () -> container.deploy(app).close()).getMessage();
    for (String culprit : new String[] {chat.origin(), "chat-too", "chat-api"}) {
      assertTrue(message.contains(culprit), () -> culprit + " is missing in: " + message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedDeployment_leavesNoThread(Container container) throws Exception {
    // The listener has started chat-api when mail-api turns out to be wrong.
    WebApp app = new WebApp().listener(EarlyUse.class)
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*")
        .client("mail-api", Map.of("protocol", "refresh-sesion"), "/*");
    assertThrows(ServletException.class, () -> container.deploy(app).close());
    Leftovers.assertNoThread();
    assertEquals(1, chat.refreshes.get(), "the listener must have used the client, or this test shows nothing");
  }

  /** Uses a client, and then stops the deployment before any filter is initialised. */
  public static final class EarlyFailure implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      new EarlyUse().contextInitialized(event);
      throw new IllegalStateException("on purpose");
    }
  }

  // Jetty tells only those listeners of the end that it had told of the beginning, and ours comes last.
  @ParameterizedTest
  @EnumSource(names = "TOMCAT")
  void aDeploymentThatFailsBeforeItsFilters_leavesNoThread(Container container) throws Exception {
    WebApp app = new WebApp().listener(EarlyFailure.class)
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
    assertThrows(IllegalStateException.class, () -> container.deploy(app).close());
    Leftovers.assertNoThread();
    assertEquals(1, chat.refreshes.get(), "the listener must have used the client, or this test shows nothing");
  }

  @ParameterizedTest
  @EnumSource
  void afterUndeploy_aSourceSaysThatItIsClosed(Container container) throws Exception {
    WebApp app = new WebApp().client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
    TokenSource source;
    ServletContext context;
    try (Deployed deployed = container.deploy(app)) {
      context = deployed.context();
      source = BearerTokens.of(deployed.context()).source("chat-api");
      assertEquals("a.chat.2", source.token());
    }
    assertEquals(TokenException.Reason.CLOSED, assertThrows(TokenException.class, source::token).reason());
    assertTrue(source.isExpired());
    // Whatever the container still answers for a context that has ended: nothing comes back to life.
    assertThrows(Exception.class, () -> BearerTokens.of(context).validAccessToken("chat-api"));
    Leftovers.assertNoThread();
  }

  private static String get(CloseableHttpClient http, String origin) throws IOException {
    return http.execute(new HttpGet(origin + "/api"), new BasicHttpClientResponseHandler());
  }
}
