package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenListener;
import org.everbearer.TokenSet;
import org.everbearer.micrometer.EverbearerMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an application's listeners hear of its clients, and what a bad one of them can do: nothing. */
class ListenersTest {
  private StandIn server;

  @BeforeEach
  void serve() throws Exception {
    server = new StandIn();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private WebApp app(String... more) {
    Map<String, String> params = server.client(more);
    params.putIfAbsent("refreshToken", "r.chat.1");
    return new WebApp().client("chat-api", params, "/*").status("/tokens/*", Map.of());
  }

  private static List<String> eventThreads() {
    return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive).map(Thread::getName)
        .filter(name -> name.startsWith("everbearer-") && name.contains("-events")).collect(Collectors.toList());
  }

  /** Returns only when it is interrupted. */
  private static final class Stuck implements TokenListener {
    final CountDownLatch in = new CountDownLatch(1);

    @Override
    public void onEvent(TokenEvent event) {
      in.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void stuckListener_blindsNobody_andEndsWithTheApplication(Container container) throws Exception {
    Stuck stuck = new Stuck();
    List<Type> heard = new CopyOnWriteArrayList<>();
    try (Deployed deployed = container.deploy(app("background", "false"))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      tokens.addListener(stuck);
      tokens.addListener("chat-api", event -> heard.add(event.type()));
      assertTrue(stuck.in.await(30, TimeUnit.SECONDS));
      assertEquals("a.chat.2", tokens.validAccessToken("chat-api"));
      Poll.until(() -> heard.contains(Type.REFRESHED));
      Poll.until(() -> deployed.browser().body("/tokens", "Accept", "application/json").contains("\"refreshed\":1"));
      for (int i = 0; i < 1200; i++) tokens.storeTokens("chat-api", TokenSet.of("a.other." + i, "r.chat.3"));
      Poll.until(() -> heard.contains(Type.EVENTS_DROPPED));
      Poll.until(() -> !deployed.browser().body("/tokens", "Accept", "application/json").contains("\"eventsDropped\":0"));
    }
    assertEquals(List.of(), eventThreads());
  }

  @Test
  void listenerThatIsRemoved_hearsNoMore_andItsThreadIsGone() throws Exception {
    try (Deployed deployed = Container.TOMCAT.deploy(app("background", "false"))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      List<Thread> threads = new CopyOnWriteArrayList<>();
      TokenListener listener = event -> threads.add(Thread.currentThread());
      tokens.addListener(listener);
      Poll.until(() -> !threads.isEmpty());
      tokens.clients().removeListener(listener);
      assertFalse(threads.get(0).isAlive());
      int before = threads.size();
      tokens.validAccessToken("chat-api");
      Poll.until(() -> deployed.browser().body("/tokens", "Accept", "application/json").contains("\"refreshed\":1"));
      assertEquals(before, threads.size());
    }
  }

  @Test
  void validity_isMeasuredFromTheStartOn_forClientsWithOneToken() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Map<String, String> users = server.client("identity", "session");
    users.put("allowedOrigins", "http://127.0.0.1:1");
    // Has nothing to load, and asks for nothing before the first call.
    Map<String, String> idle = Map.of("protocol", "client-credentials", "tokenEndpoint", server.origin() + "/token",
        "clientId", "web", "clientSecret", "secret", "background", "false", "allowedOrigins", "http://127.0.0.1:2");
    WebApp app = app("background", "false").client("user-api", users, "/*").client("idle-api", idle, "/*")
        .undeclaredListener(new jakarta.servlet.ServletContextListener() {
          @Override
          public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
            BearerTokens.of(event.getServletContext()).addListener(new EverbearerMetrics(registry));
          }
        });
    try (Deployed deployed = Container.TOMCAT.deploy(app)) {
      Poll.until(() -> registry.scrape().contains("everbearer_valid{client=\"chat-api\"} 0.0"));
      Poll.until(() -> registry.scrape().contains("everbearer_valid{client=\"idle-api\"} 0.0"));
      BearerTokens tokens = BearerTokens.of(deployed.context());
      tokens.validAccessToken("chat-api");
      Poll.until(() -> registry.scrape().contains("everbearer_valid{client=\"chat-api\"} 1.0"));
      tokens.addListener(event -> {});
      tokens.addListener("user-api", event -> {});
    }
    assertFalse(registry.scrape().contains("everbearer_valid{client=\"user-api\"}"), registry.scrape());
    String page = registry.scrape();
    assertFalse(page.contains("everbearer_token_expiry_seconds{client=\"user-api\"}"), page);
  }

  @Test
  void withoutAMargin_neitherPageNorLogPromisesARefresh() throws Exception {
    try (LogAtDebug log = new LogAtDebug()) {
      try (Deployed deployed = Container.TOMCAT.deploy(app("refreshMargin", "0"))) {
        BearerTokens.of(deployed.context()).storeTokens("chat-api",
            TokenSet.of("a.chat.9", "r.chat.9").expiresIn(Duration.ofHours(1)));
        Poll.until(() -> deployed.browser().body("/tokens", "Accept", "application/json").contains("\"stored\""));
        String page = deployed.browser().body("/tokens", "Accept", "application/json");
        assertTrue(page.contains("refreshed by the first call in"), page);
        assertFalse(page.contains("refreshes itself"), page);
      }
      String lines = String.join("\n", log.lines());
      assertTrue(lines.contains("was given token") && lines.contains("refreshed by the first call in"), lines);
      assertFalse(lines.contains("refreshes itself"), lines);
    }
  }
}
