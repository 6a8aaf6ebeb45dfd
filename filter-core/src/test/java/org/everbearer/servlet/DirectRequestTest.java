package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.catalina.filters.RemoteIpFilter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may see the status page by address alone: what is sent here is what programs and proxies send, byte by byte. */
class DirectRequestTest {
  private static final String CURL = "User-Agent: curl/8.9\nAccept: */*";
  private static final String BROWSER = "Connection: keep-alive\nCache-Control: max-age=0\nsec-ch-ua: \"Chromium\"\n"
      + "sec-ch-ua-mobile: ?0\nUpgrade-Insecure-Requests: 1\nUser-Agent: Mozilla/5.0\nAccept: text/html,*/*;q=0.8\n"
      + "Sec-Fetch-Site: none\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nAccept-Encoding: gzip, br\nDNT: 1\n"
      + "Accept-Language: en\nCookie: JSESSIONID=1\nPriority: u=0, i\nSec-GPC: 1";

  private static WebApp app(Map<String, String> params) {
    return new WebApp().status("/tokens/*", params);
  }

  /** The status of the answer to a request of these lines; PORT is the server's. */
  private static int status(Deployed deployed, String... lines) throws IOException {
    String request = String.join("\n", lines).replace("PORT", "" + deployed.port()).replace("\n", "\r\n") + "\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", deployed.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
      return Integer.parseInt(line.split(" ")[1]);
    }
  }

  private static int get(Deployed deployed, String... headers) throws IOException {
    return status(deployed, "GET /tokens HTTP/1.1", String.join("\n", headers));
  }

  @ParameterizedTest
  @EnumSource
  void programsOnThisMachine_mayLook(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      for (String host : new String[] {"localhost:PORT", "LocalHost:PORT", "127.0.0.1:PORT", "127.1.2.3:PORT",
          "chat.localhost:PORT", "[::1]:PORT"}) {
        assertEquals(200, get(deployed, "Host: " + host, CURL), host);
        assertEquals(200, get(deployed, "Host: " + host, BROWSER), host);
      }
      for (String more : new String[] {"X-Requested-With: XMLHttpRequest", "Referer: http://localhost:PORT/chat",
          "Origin: http://127.0.0.1:3000", "X-Prometheus-Scrape-Timeout-Seconds: 10", "Last-Event-ID: 7",
          "Authorization: Basic eDp5", "Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAEAAEAA"}) {
        assertEquals(200, get(deployed, "Host: localhost:PORT", CURL, more), more);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherName_leadsHereByTheNameServerOnly(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      for (String host : new String[] {"evil.example", "evil.example:PORT", "localhost.evil.example:PORT",
          "127.0.0.1.evil.example:PORT", "localhost", "localhost:1", "localhost.:PORT", "10.0.0.1:PORT",
          ".localhost:PORT", "999.1.1.1:PORT", "0.0.0.0:PORT"}) {
        assertTrue(get(deployed, "Host: " + host, CURL) >= 400, host);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAProxySends_isRefused(Container container) throws Exception {
    try (Deployed deployed = container.deploy(app(Map.of()))) {
      // nginx: proxy_pass http://127.0.0.1:PORT and nothing else; then with proxy_http_version 1.1.
      assertEquals(403, status(deployed, "GET /tokens HTTP/1.0", "Host: 127.0.0.1:PORT", "Connection: close", CURL));
      assertEquals(403, status(deployed, "GET /tokens HTTP/1.1", "Host: 127.0.0.1:PORT", "Connection: close", CURL));
      assertEquals(403, status(deployed, "GET /tokens HTTP/1.0", "Host: localhost:PORT", CURL));
      assertEquals(403, status(deployed, "GET /tokens HTTP/1.0", CURL), "no Host");
      assertEquals(403, status(deployed, "GET /tokens HTTP/1.0", "Connection: keep-alive", CURL));
      // It says more than one thing.
      assertTrue(get(deployed, "Host: localhost:PORT", "Host: localhost:PORT", CURL) >= 400);
      assertTrue(status(deployed, "GET http://evil.example/tokens HTTP/1.1", "Host: localhost:PORT", CURL) >= 400);
    }
  }

  @ParameterizedTest
  @EnumSource
  void headersThatProxiesAdd_areRefused_alsoWhereAddressesAreAllowed(Container container) throws Exception {
    String[] headers = {"Forwarded: for=127.0.0.1", "Via: 1.1 x", "X-Forwarded-For: 127.0.0.1",
        "x-forwarded-for: 127.0.0.1",
        "X-Forwarded-Host: localhost", "X-Forwarded-Port: 80", "X-Forwarded-Prefix: /", "X-Forwarded-Proto: http",
        "X-Forwarded-Server: x", "X-Forwarded-By: x", "X-Forwarded-Client-Cert: x", "X-Forwarded: x",
        "X-Real-IP: 127.0.0.1",
        "X-Envoy-External-Address: 127.0.0.1", "X-Envoy-Internal: true", "Fastly-Client-IP: 127.0.0.1",
        "X-ARR-LOG-ID: x",
        "X-ARR-SSL: x", "CF-Connecting-IP: 127.0.0.1", "CF-Ray: x", "True-Client-IP: 127.0.0.1", "X-Original-URL: /",
        "X-Original-For: x", "X-ProxyUser-Ip: 127.0.0.1", "X-Proxied-Https: on", "X-Client-IP: 127.0.0.1",
        "X-Cluster-Client-IP: 127.0.0.1", "X-Amzn-Trace-Id: x", "X-Azure-ClientIP: x", "X-Appengine-User-Ip: x",
        "X-Varnish: 1", "WL-Proxy-Client-IP: 127.0.0.1", "Proxy-Client-IP: 127.0.0.1", "Proxy-Connection: keep-alive",
        "$WSRA: 127.0.0.1", "Client-IP: 127.0.0.1", "Fly-Client-IP: x", "CDN-Loop: x", "Akamai-Origin-Hop: 1",
        "Surrogate-Capability: x", "Front-End-Https: on", "SSL-Client-Verify: NONE"};
    for (Map<String, String> params : List.of(Map.<String, String>of(), Map.of("allowAddresses", "127.0.0.0/8"))) {
      try (Deployed deployed = container.deploy(app(params))) {
        assertEquals(200, get(deployed, "Host: localhost:PORT", CURL));
        for (String header : headers) assertEquals(403, get(deployed, "Host: localhost:PORT", CURL, header), header);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatNobodySendsFromThisMachine_isADoubt_butNotWhereAddressesAreAllowed(Container container) throws Exception {
    String[] doubts = {"Host: localhost:PORT\nX-Request-ID: 1", "Host: localhost:PORT\nX-B3-TraceId: 1",
        "Host: localhost:PORT\nX-Some-Balancer: 1", "Host: localhost:PORT\nTraceparent: 00-1-2-01",
        "Host: localhost:PORT\nConnection: close", "Host: localhost:PORT\nConnection: TE, Close",
        "Host: localhost:PORT\nReferer: https://chat.example.com/", "Host: localhost:PORT\nReferer: nonsense",
        "Host: localhost:PORT\nOrigin: null", "Host: localhost:PORT\nOrigin: https://evil.example",
        "Host: localhost", "Host: chat.example.com"};
    try (Deployed strict = container.deploy(app(Map.of()));
        Deployed told = container.deploy(app(Map.of("allowAddresses", "127.0.0.1")))) {
      for (String headers : doubts) {
        assertEquals(403, get(strict, headers, CURL), headers);
        assertEquals(200, get(told, headers, CURL), headers);
      }
      assertEquals(200, status(told, "GET /tokens HTTP/1.0", CURL));
    }
  }

  /** Tomcat's valve takes the header away; Jetty leaves it, as WildFly does. */
  @ParameterizedTest
  @EnumSource
  void addressThatTheContainerBelieves_isNotTheConnections(Container container) throws Exception {
    for (Map<String, String> params : List.of(Map.<String, String>of(), Map.of("allowAddresses", "127.0.0.0/8"))) {
      WebApp app = app(params).servlet("/seen", (request, response) ->
          response.getWriter().write(request.getRemoteAddr() + " " + request.getHeader("X-Forwarded-For")));
      app.believesProxies = true;
      try (Deployed deployed = container.deploy(app)) {
        String seen = deployed.browser().body("/seen", "X-Forwarded-For", "127.0.0.5, 192.168.1.7");
        assertEquals(container == Container.TOMCAT ? "127.0.0.5 null" : "127.0.0.5 127.0.0.5, 192.168.1.7", seen);
        assertEquals(403, get(deployed, "Host: localhost:PORT", CURL, "X-Forwarded-For: 127.0.0.5, 192.168.1.7"));
        assertEquals(403, get(deployed, "Host: localhost:PORT", CURL, "X-Forwarded-For: 127.0.0.5"));
        // The valve takes all of this machine for proxies.
        assertEquals(container == Container.TOMCAT ? 403 : 200, get(deployed, "Host: localhost:PORT", CURL));
      }
    }
  }

  /** Believes what a proxy says, and hides that it was said. */
  public static final class Believing implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HttpServletRequest http = (HttpServletRequest) request;
      String said = http.getHeader("X-Caller");
      if (said == null) said = http.getHeader("X-Forwarded-For");
      String address = said == null ? http.getRemoteAddr() : said;
      chain.doFilter(new HttpServletRequestWrapper(http) {
        @Override
        public String getRemoteAddr() {
          return address;
        }

        @Override
        public String getHeader(String name) {
          return name.startsWith("X-") ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
          return name.startsWith("X-") ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
          return Collections.enumeration(Set.of("Host"));
        }
      }, response);
    }
  }

  @ParameterizedTest
  @EnumSource
  void addressThatAFilterBelieves_isNotTheConnections(Container container) throws Exception {
    for (Class<? extends Filter> type : Set.of(Believing.class, RemoteIpFilter.class)) {
      for (String allowed : new String[] {null, "127.0.0.0/8 10.0.0.0/8"}) {
        Map<String, String> params = allowed == null ? Map.of() : Map.of("allowAddresses", allowed);
        try (Deployed deployed = container.deploy(app(params).filter(type, "/*"))) {
          assertEquals(403, get(deployed, "Host: localhost:PORT", CURL, "X-Forwarded-For: 127.0.0.5"), type.getName());
          if (type == Believing.class) {
            assertEquals(403, get(deployed, "Host: localhost:PORT", CURL, "X-Caller: 10.1.2.3"));
          }
          int unsaid = get(deployed, "Host: localhost:PORT", CURL);
          assertEquals(type == RemoteIpFilter.class ? 403 : 200, unsaid, type.getName());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void http2_isHeldToTheSameRules(Container container) throws Exception {
    WebApp app = app(Map.of());
    app.http2 = true;
    try (Deployed deployed = container.deploy(app)) {
      HttpClient http = HttpClient.newHttpClient();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + deployed.port() + "/tokens"));
      // The first one upgrades the connection that the second one then uses.
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(HttpClient.Version.HTTP_2, reply.version());
        assertEquals(200, reply.statusCode());
      }
      request.header("Via", "2 proxy");
      assertEquals(403, http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }
}
