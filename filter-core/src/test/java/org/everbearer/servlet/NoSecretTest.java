package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.micrometer.EverbearerMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * All that can be seen of a life with refreshes, rejections, failures that quote the token, and a dead family: logs at
 * their finest, JMX, page, JSON, metrics, live events, events, exceptions, sessions. In none of it is a secret.
 */
class NoSecretTest {
  private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();
  private static final String SECRET = "client-Secret-0f9a";
  private final Set<String> secrets = new TreeSet<>();
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private HttpServer identity;
  private volatile String mode = "good";
  private int serial;

  @BeforeEach
  void serve() throws Exception {
    System.setProperty("org.slf4j.simpleLogger.log.org.everbearer.secretive-api", "trace");
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    secrets.add(SECRET);
    identity = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    identity.createContext("/token", this::token);
    identity.start();
  }

  @AfterEach
  void stop() {
    identity.stop(0);
    System.setErr(err);
    System.clearProperty("org.slf4j.simpleLogger.log.org.everbearer.secretive-api");
  }

  /** A careless server: its errors quote what it was sent. */
  private void token(HttpExchange exchange) throws java.io.IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher given = Pattern.compile("refresh_token=([^&]*)").matcher(form);
    String refresh = given.find() ? URLDecoder.decode(given.group(1), StandardCharsets.UTF_8) : "";
    int status = mode.equals("good") ? 200 : mode.equals("dead") ? 400 : 503;
    String quoted = "\"error_description\":\"will not take " + refresh + " of " + SECRET + "\"";
    String body = status != 200 ? "{\"error\":\"" + (status == 400 ? "invalid_grant" : "server_error") + "\"," + quoted + "}"
        : "{\"access_token\":\"" + make("access") + "\",\"refresh_token\":\"" + make("refresh")
            + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length());
    exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    exchange.close();
  }

  private synchronized String make(String kind) {
    String token = kind + "Token" + ++serial + "x9QkZ7";
    secrets.add(token);
    return token;
  }

  @Test
  void nothingThatCanBeSeen_holdsASecret() throws Exception {
    String server = "http://127.0.0.1:" + identity.getAddress().getPort();
    Map<String, String> params = Map.of("protocol", "oauth2", "tokenEndpoint", server + "/token", "clientId", "demo",
        "clientSecret", SECRET, "accessToken", make("access"), "refreshToken", make("refresh"), "background", "false",
        "allowedOrigins", server);
    WebApp app = new WebApp().client("secretive-api", params, "/*").status("/tokens/*", Map.of())
        .servlet("/use", NoSecretTest::use);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (Deployed deployed = Container.TOMCAT.deploy(app); InputStream live = live(deployed)) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      tokens.addListener(new EverbearerMetrics(registry));
      tokens.addListener(event -> {
        seen.add(event.toString());
        if (event.failure() != null) see(event.failure());
      });
      String first = tokens.source("secretive-api").token();
      see(tokens.source("secretive-api").accessToken());
      tokens.source("secretive-api").invalidate(first);
      mode = "bad";
      // The suspect would be served on.
      MBEANS.invoke(bean(), "invalidate", null, null);
      see(assertThrows(TokenException.class, () -> tokens.validAccessToken("secretive-api")));
      seen.add(deployed.browser().body("/use"));
      snapshot(deployed);
      mode = "dead";
      tokens.storeTokens("secretive-api",
          TokenSet.of(make("access"), make("refresh")).expiresIn(Duration.ofMillis(1)));
      Poll.until(() -> tokens.isExpired("secretive-api"));
      see(assertThrows(TokenException.class, () -> tokens.validAccessToken("secretive-api")));
      Poll.until(() -> seen.stream().anyMatch(text -> text.contains("DEAD")));
      snapshot(deployed);
      mode = "good";
      tokens.storeTokens("secretive-api", TokenSet.of(make("access"), make("refresh")));
      Poll.until(() -> deployed.browser().body("/tokens", "Accept", "application/json").contains("\"type\":\"stored\""));
      snapshot(deployed);
      see(tokens);
      readLive(live);
    }
    seen.add(registry.scrape());
    seen.add(log.toString(StandardCharsets.UTF_8));
    search();
  }

  private static void use(HttpServletRequest request, jakarta.servlet.http.HttpServletResponse response) throws Exception {
    BearerTokens.of(request.getServletContext()).validAccessToken("secretive-api");
  }

  /** The forms in which things are shown, stored and sent by others. */
  private void see(Object thing) {
    seen.add(String.valueOf(thing));
    if (!(thing instanceof Throwable)) return;
    StringWriter trace = new StringWriter();
    ((Throwable) thing).printStackTrace(new PrintWriter(trace));
    seen.add(trace.toString());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(thing);
    } catch (java.io.IOException e) {
      seen.add(e.toString());
    }
    seen.add(bytes.toString(StandardCharsets.ISO_8859_1));
  }

  private void snapshot(Deployed deployed) throws Exception {
    for (String type : List.of("text/html", "application/json", "text/plain", "application/openmetrics-text")) {
      HttpResponse<String> answer = deployed.browser().get("/tokens", "Accept", type);
      assertEquals(200, answer.statusCode());
      seen.add(answer.headers().map() + answer.body());
    }
    for (var attribute : MBEANS.getMBeanInfo(bean()).getAttributes()) {
      seen.add(attribute.getName() + "=" + MBEANS.getAttribute(bean(), attribute.getName()));
    }
  }

  private static ObjectName bean() throws Exception {
    return MBEANS.queryNames(new ObjectName("org.everbearer:client=secretive-api,*"), null).iterator().next();
  }

  private InputStream live(Deployed deployed) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + deployed.port() + "/tokens"))
        .header("Accept", "text/event-stream").build(), HttpResponse.BodyHandlers.ofInputStream()).body();
  }

  private void readLive(InputStream live) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(live, StandardCharsets.UTF_8));
    int stored = 0;
    while (stored < 2) {
      String line = lines.readLine();
      seen.add(line);
      for (int i = line.indexOf("\"stored\""); i >= 0; i = line.indexOf("\"stored\"", i + 1)) stored++;
    }
  }

  private void search() {
    String all = String.join("\n", seen);
    for (String proof : List.of("everbearer_refreshes_seconds", "\"type\":\"dead\"", "LastFailure=", "TokenEvent[DEAD",
        "was rejected and cannot be used again", "<!doctype html>", "at org.everbearer", "server_error")) {
      assertTrue(all.contains(proof), "seen was not all that should have been: " + proof + " is not in " + all);
    }
    List<String> leaks = new ArrayList<>();
    for (String secret : secrets) {
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
      for (String form : List.of(secret, encoded, new StringBuilder(secret).reverse().toString())) {
        int at = all.indexOf(form);
        if (at >= 0) leaks.add(form + " in …" + all.substring(Math.max(0, at - 200), Math.min(all.length(), at + 100)));
      }
    }
    assertTrue(secrets.size() >= 7, secrets.toString());
    assertEquals(List.of(), leaks);
  }
}
