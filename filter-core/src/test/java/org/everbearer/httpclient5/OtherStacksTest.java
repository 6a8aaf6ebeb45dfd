package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import feign.Feign;
import feign.RequestLine;
import feign.hc5.ApacheHttp5Client;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.Origin;
import org.glassfish.jersey.apache5.connector.Apache5ConnectorProvider;
import org.glassfish.jersey.apache5.connector.Apache5HttpClientBuilderConfigurator;
import org.glassfish.jersey.client.ClientConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** HTTP libraries that work on top of HttpClient: the token goes out, and one that is rejected is replaced. */
class OtherStacksTest {
  private final ScriptedTokenSource source = ScriptedTokenSource.valid("chat");
  private HttpServer server;
  private String origin;
  private OutboundTokens tokens;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] body = authorization.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer error=\"invalid_token\"");
      exchange.sendResponseHeaders(authorization.equals("Bearer chat-2") ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    origin = "http://127.0.0.1:" + server.getAddress().getPort();
    tokens = OutboundTokens.of(source, Origin.parse(origin));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void springsRestClient() throws Exception {
    try (CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build()) {
      RestClient rest = RestClient.builder().requestFactory(new HttpComponentsClientHttpRequestFactory(http)).build();
      assertEquals("Bearer chat-2", rest.get().uri(origin + "/rooms").retrieve().body(String.class));
    }
  }

  @Test
  void jerseysApacheConnector() {
    ClientConfig config = new ClientConfig().connectorProvider(new Apache5ConnectorProvider());
    config.register((Apache5HttpClientBuilderConfigurator) builder -> BearerTokenExecHandler.addTo(builder, tokens));
    Client client = ClientBuilder.newClient(config);
    try {
      assertEquals("Bearer chat-2", client.target(origin).path("rooms").request().get(String.class));
    } finally {
      client.close();
    }
  }

  /** What Feign makes a client of. */
  interface Rooms {
    @RequestLine("GET /rooms")
    String rooms();
  }

  @Test
  void feignsApacheClient() throws Exception {
    try (CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build()) {
      Rooms rooms = Feign.builder().client(new ApacheHttp5Client(http)).target(Rooms.class, origin);
      assertEquals("Bearer chat-2", rooms.rooms());
    }
  }
}
