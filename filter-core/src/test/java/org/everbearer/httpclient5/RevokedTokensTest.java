package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.everbearer.Origin;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.coordinator.RefreshCoordinator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API, HttpClient and the coordinator together: one path that rejects every token, and tokens that are revoked. */
class RevokedTokensTest {
  private static final int THREADS = 8;

  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private HttpServer api;
  private ExecutorService serving;
  private String origin;

  @BeforeEach
  void serve() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serving = Executors.newCachedThreadPool();
    api.setExecutor(serving);
    api.createContext("/good", exchange -> answer(exchange, good.contains(token(exchange)) ? 200 : 401, "good"));
    api.createContext("/other", exchange -> answer(exchange, 401, "not your role"));
    api.createContext("/admin", exchange -> {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"admin\"");
      answer(exchange, 401, "admin only");
    });
    api.start();
    origin = "http://127.0.0.1:" + api.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    api.stop(0);
    serving.shutdownNow();
  }

  private static String token(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replaceFirst("Bearer ", "");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** A new token each time. */
  private TokenSet rotate(TokenSet current) {
    String token = "t" + asked.incrementAndGet();
    good.add(token);
    return TokenSet.of(token, "r" + asked).expiresIn(Duration.ofHours(1));
  }

  private interface Use {
    void of(CloseableHttpClient http) throws Exception;
  }

  private void with(TokenRefresher refresher, Use use) throws Exception {
    good.add("t0");
    try (RefreshCoordinator coordinator = RefreshCoordinator.builder("api", refresher)
            .firstTokens(TokenSet.of("t0", "r0").expiresIn(Duration.ofHours(1))).build();
        CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom().setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create().setMaxConnPerRoute(THREADS).build()),
            OutboundTokens.of(coordinator.application(), Origin.parse(origin))).build()) {
      coordinator.start();
      use.of(http);
    }
  }

  private String get(CloseableHttpClient http, String path) throws IOException {
    return http.execute(new HttpGet(origin + path),
        response -> response.getCode() + " " + EntityUtils.toString(response.getEntity()));
  }

  /** What each of the threads gets that call the path so often; all the same, or the test fails. */
  private void everybodyGets(String expected, CloseableHttpClient http, String path, int calls) throws Exception {
    List<Future<?>> done = IntStream.range(0, THREADS).<Future<?>>mapToObj(i -> threads.submit(() -> {
      for (int call = 0; call < calls; call++) assertEquals(expected, get(http, path));
      return null;
    })).toList();
    for (Future<?> each : done) each.get();
  }

  private void oneBadPathBesideAGoodOne(TokenRefresher refresher) throws Exception {
    with(refresher, http -> {
      assertEquals("200 good", get(http, "/good"));
      Future<?> bad = threads.submit(() -> {
        for (int i = 0; i < 20; i++) {
          assertEquals("401 not your role", get(http, "/other"));
          assertEquals("401 admin only", get(http, "/admin"));
        }
        return null;
      });
      do {
        for (int i = 0; i < 20; i++) assertEquals("200 good", get(http, "/good"));
      } while (!bad.isDone());
      bad.get();
      assertEquals("200 good", get(http, "/good"));
    });
  }

  @Test
  void oneBadPath_endpointDown() throws Exception {
    oneBadPathBesideAGoodOne(current -> {
      asked.incrementAndGet();
      throw new TokenException(TokenException.Reason.NOT_SENT, "connection refused");
    });
    assertTrue(asked.get() >= 1, "the rejection was taken for what it may be");
  }

  @Test
  void oneBadPath_nobodyKnowsAnotherToken() throws Exception {
    oneBadPathBesideAGoodOne(current -> {
      throw new TokenException(TokenException.Reason.CONFIGURATION, "the token is a fixed one");
    });
  }

  @Test
  void oneBadPath_sameTokenUntilItEnds() throws Exception {
    oneBadPathBesideAGoodOne(current -> {
      asked.incrementAndGet();
      return TokenSet.of("t0", null).expiresIn(Duration.ofMinutes(50));
    });
    assertTrue(asked.get() <= 5, "asked " + asked + " times, and got the same each time");
  }

  @Test
  void oneBadPath_newTokenEachTime() throws Exception {
    oneBadPathBesideAGoodOne(this::rotate);
  }

  @Test
  void fiftyRevocations_underEightThreads_noCallFails() throws Exception {
    with(this::rotate, http -> {
      for (int revocation = 1; revocation <= 50; revocation++) {
        everybodyGets("200 good", http, "/good", 2);
        good.clear();
        everybodyGets("200 good", http, "/good", 2);
        assertEquals(revocation, asked.get(), "one refresh each");
      }
    });
  }
}
