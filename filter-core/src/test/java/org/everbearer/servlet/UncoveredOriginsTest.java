package org.everbearer.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An allowed origin that is not written as the application calls it. */
class UncoveredOriginsTest {
  private HttpServer api;

  @BeforeEach
  void serve() throws Exception {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/api", exchange -> {
      boolean signed = exchange.getRequestHeaders().containsKey("Authorization");
      exchange.sendResponseHeaders(signed ? 200 : 401, -1);
      exchange.close();
    });
    api.createContext("/elsewhere", exchange -> {
      exchange.getResponseHeaders().set("Location", at("localhost") + "/api");
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    });
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  private String at(String host) {
    return "http://" + host + ":" + api.getAddress().getPort();
  }

  private WebApp app(String allowed) {
    return new WebApp().client("chat-api", Map.of("protocol", "static", "accessToken", "secret.token",
        "allowedOrigins", allowed), "/*").status("/tokens/*", Map.of());
  }

  private static List<String> warnings(LogAtDebug log) {
    return log.lines().stream().filter(line -> line.contains("WARN") && line.contains("answered 401")).toList();
  }

  private static int status(CloseableHttpClient http, HttpGet request) throws Exception {
    return http.execute(request, answer -> answer.getCode());
  }

  private static String firstEvent(Deployed deployed) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + deployed.port() + "/tokens")
        .toURL().openConnection();
    connection.setRequestProperty("Accept", "text/event-stream");
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
      return lines.readLine();
    } finally {
      connection.disconnect();
    }
  }

  private static JsonArray shown(Deployed deployed) throws Exception {
    JsonObject json = JsonParser.parseString(deployed.browser().body("/tokens", "Accept", "application/json"))
        .getAsJsonObject();
    return json.getAsJsonArray("uncoveredOrigins");
  }

  @ParameterizedTest
  @EnumSource
  void firstRefusal_isOneWarning_andOnTheStatusPage(Container container) throws Exception {
    String allowed = at("localhost");
    String called = at("127.0.0.1");
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app(allowed))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      assertEquals(0, shown(deployed).size());
      assertFalse(deployed.browser().body("/tokens", "Accept", "text/html").contains("<section class=\"uncovered\">"));
      try (CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build();
          CloseableHttpAsyncClient async = tokens.addTo(HttpAsyncClients.custom()).build()) {
        async.start();
        assertEquals(200, status(http, new HttpGet(allowed + "/api")));
        HttpGet own = new HttpGet(called + "/api");
        own.setHeader("Authorization", "Basic own");
        assertEquals(200, status(http, own));
        assertEquals(List.of(), warnings(log), "all is well so far");
        for (int i = 0; i < 3; i++) {
          assertEquals(401, status(http, new HttpGet(called + "/api")));
          assertEquals(401, async.execute(SimpleRequestBuilder.get(called + "/api").build(), null).get().getCode());
        }
      }
      assertEquals(1, warnings(log).size(), warnings(log).toString());
      String said = warnings(log).get(0);
      assertTrue(said.contains(called + " answered 401") && said.contains("The nearest is " + allowed + " of chat-api"), said);
      assertFalse(said.contains("secret"), said);

      JsonObject one = shown(deployed).get(0).getAsJsonObject();
      assertEquals(called, one.get("origin").getAsString());
      assertTrue(one.get("since").getAsLong() > 0);
      assertTrue(said.endsWith(one.get("advice").getAsString()), said);
      assertTrue(firstEvent(deployed).contains("\"uncoveredOrigins\":[{\"origin\":\"" + called + "\""));
      String page = deployed.browser().body("/tokens", "Accept", "text/html");
      assertTrue(page.contains("<li>" + one.get("advice").getAsString().replace("'", "&#39;") + ".</li>"), page);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusalBehindARedirect_isAWarningToo_classicAndAsync(Container container) throws Exception {
    for (boolean classic : new boolean[] {true, false}) {
      try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app(at("127.0.0.1")))) {
        BearerTokens tokens = BearerTokens.of(deployed.context());
        try (CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build();
            CloseableHttpAsyncClient async = tokens.addTo(HttpAsyncClients.custom()).build()) {
          async.start();
          String start = at("127.0.0.1") + "/elsewhere";
          assertEquals(401, classic ? status(http, new HttpGet(start))
              : async.execute(SimpleRequestBuilder.get(start).build(), null).get().getCode());
        }
        assertEquals(1, warnings(log).size(), warnings(log).toString());
        assertTrue(warnings(log).get(0).contains(at("localhost") + " answered 401"), warnings(log).get(0));
        assertEquals(1, shown(deployed).size());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusalOfATokenOrByACoveredServer_isNoneOfThese(Container container) throws Exception {
    api.createContext("/closed", exchange -> {
      exchange.sendResponseHeaders(401, -1);
      exchange.close();
    });
    try (LogAtDebug log = new LogAtDebug(); Deployed deployed = container.deploy(app(at("127.0.0.1")))) {
      BearerTokens tokens = BearerTokens.of(deployed.context());
      try (CloseableHttpClient http = tokens.addTo(HttpClients.custom()).build()) {
        assertEquals(401, status(http, new HttpGet(at("127.0.0.1") + "/closed")));
        HttpGet own = new HttpGet(at("localhost") + "/closed");
        own.setHeader("Authorization", "Bearer own");
        assertEquals(401, status(http, own));
        // A client covers it, though this request may not carry its token: HttpClient names another server in Host.
        HttpGet odd = new HttpGet(at("127.0.0.1") + "/closed");
        odd.setHeader("Host", "other.example.com");
        assertEquals(401, status(http, odd));
      }
      assertEquals(List.of(), warnings(log));
      assertEquals(0, shown(deployed).size());
    }
  }
}
