package org.everbearer.oauth2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSource;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigSource;
import org.everbearer.config.TokenClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The OAuth 2.0 protocols, configured as in a web.xml, against a server that others have written. */
class SpringAuthorizationServerIT {
  private static final int CALLERS = 64;

  @TempDir static Path directory;
  private static SpringAuthorizationServer server;

  @BeforeAll
  static void start() throws Exception {
    server = SpringAuthorizationServer.start(directory.resolve("server"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void refreshTokens_areRotated_andNewTokensVerified() throws Exception {
    Map<String, String> params = oauth2(server.signIn("ada"));
    params.put("expectedAudience", SpringAuthorizationServer.CLIENT);
    try (TokenClient client = started(params)) {
      Set<String> tokens = new HashSet<>();
      for (int i = 0; i < 5; i++) tokens.add(refreshed(client));
      assertEquals(5, tokens.size());
      String last = client.coordinator().application().token();
      assertTrue(tokens.contains(last));
      assertEquals("ada", claims(last).get("sub").getAsString());
      assertEquals(server.issuer().toString(), claims(last).get("iss").getAsString());
    }
  }

  @Test
  void manyCallersAfterARejection_makeOneRefresh() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (TokenClient client = started(oauth2(server.signIn("ada")))) {
      TokenSource source = client.coordinator().application();
      String rejected = source.token();
      int before = server.tokenRequests();
      assertTrue(source.invalidate(rejected));
      CountDownLatch go = new CountDownLatch(1);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(threads.submit(() -> {
          go.await();
          return source.token();
        }));
      }
      go.countDown();
      Set<String> tokens = new HashSet<>();
      for (Future<String> answer : answers) tokens.add(answer.get(30, TimeUnit.SECONDS));
      assertEquals(1, tokens.size());
      assertFalse(tokens.contains(rejected));
      assertEquals(before + 1, server.tokenRequests());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void spentRefreshToken_isDead() throws Exception {
    String spent = server.signIn("ada");
    try (TokenClient client = started(oauth2(spent))) {
      client.coordinator().application().token();
    }
    try (TokenClient late = started(oauth2(spent))) {
      TokenException failure = assertThrows(TokenException.class, () -> late.coordinator().application().token());
      assertEquals(Reason.REJECTED, failure.reason());
      assertTrue(failure.getMessage().contains("invalid_grant"), failure.getMessage());
      assertFalse(failure.getMessage().contains(spent));
    }
  }

  @Test
  void wrongSecret_losesNothing() throws Exception {
    String refreshToken = server.signIn("ada");
    Map<String, String> wrong = oauth2(refreshToken);
    wrong.put("clientSecret", "wrong");
    try (TokenClient client = started(wrong)) {
      TokenException failure = assertThrows(TokenException.class, () -> client.coordinator().application().token());
      assertEquals(Reason.CONFIGURATION, failure.reason());
      assertTrue(failure.getMessage().contains("invalid_client"), failure.getMessage());
    }
    try (TokenClient client = started(oauth2(refreshToken))) {
      assertEquals("ada", claims(client.coordinator().application().token()).get("sub").getAsString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "post"})
  void clientCredentials_withASecret(String authentication) throws Exception {
    Map<String, String> params = params("client-credentials");
    params.put("clientAuthentication", authentication);
    params.put("scope", "chat");
    try (TokenClient client = started(params)) {
      JsonObject claims = claims(client.coordinator().application().token());
      assertEquals(SpringAuthorizationServer.CLIENT, claims.get("sub").getAsString());
      assertEquals("[\"chat\"]", claims.get("scope").toString());
    }
  }

  @Test
  void clientCredentials_withAPrivateKey() throws Exception {
    Path key = Files.createFile(directory.resolve("client-key.json"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, server.clientKey());
    Map<String, String> params = params("client-credentials");
    params.put("clientId", SpringAuthorizationServer.SIGNING_CLIENT);
    params.remove("clientSecret");
    params.put("clientAuthentication", "private_key_jwt");
    params.put("clientKey", key.toString());
    try (TokenClient client = started(params)) {
      TokenSource source = client.coordinator().application();
      String first = source.token();
      assertEquals(SpringAuthorizationServer.SIGNING_CLIENT, claims(first).get("sub").getAsString());
      assertNotEquals(first, refreshed(client), "a second assertion is taken too");
    }
  }

  @Test
  void inboundToken_isExchanged_onceForAll() throws Exception {
    String inbound;
    try (TokenClient client = started(oauth2(server.signIn("ada")))) {
      inbound = client.coordinator().application().token();
    }
    Map<String, String> params = params("token-exchange");
    params.put("scope", "chat.read");
    try (TokenClient client = started(params)) {
      int before = server.tokenRequests();
      String exchanged = client.exchangedFor(inbound).token();
      assertEquals(exchanged, client.exchangedFor(inbound).token());
      assertEquals(before + 1, server.tokenRequests());
      assertEquals("ada", claims(exchanged).get("sub").getAsString());
      assertEquals("[\"chat.read\"]", claims(exchanged).get("scope").toString());
      TokenException refused = assertThrows(TokenException.class, () -> client.exchangedFor("made-up").token());
      assertEquals(Reason.REJECTED, refused.reason());
    }
  }

  private static Map<String, String> oauth2(String refreshToken) {
    Map<String, String> params = params("oauth2");
    params.put("refreshToken", refreshToken);
    return params;
  }

  private static Map<String, String> params(String protocol) {
    return new HashMap<>(Map.of("protocol", protocol, "issuer", server.issuer().toString(),
        "clientId", SpringAuthorizationServer.CLIENT, "clientSecret", SpringAuthorizationServer.SECRET,
        "allowedOrigins", "https://chat.example.com"));
  }

  private static TokenClient started(Map<String, String> params) throws Exception {
    TokenClient client = TokenClient.of(ClientConfig.read(ConfigSource.builder("chat-api").initParams(params).build()));
    client.start();
    return client;
  }

  private static String refreshed(TokenClient client) throws Exception {
    return client.coordinator().refreshNow(null).get(30, TimeUnit.SECONDS).value();
  }

  private static JsonObject claims(String token) {
    String payload = token.split("\\.")[1];
    return JsonParser.parseString(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }
}
