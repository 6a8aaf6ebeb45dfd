package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenClientTest {
  @TempDir Path directory;

  private static TokenClient started(Map<String, String> params) throws Exception {
    return started(Given.source(params));
  }

  private static TokenClient started(ConfigSource.Builder source) throws Exception {
    TokenClient client = TokenClient.of(ClientConfig.read(source.build()));
    client.start();
    return client;
  }

  private static String token(TokenClient client) throws TokenException {
    return client.coordinator().application().token();
  }

  private static ConfigException refused(Map<String, String> params) {
    return assertThrows(ConfigException.class, () -> TokenClient.of(Given.config(params)).close());
  }

  // --- protocols

  @Test
  void refreshSession_sendsWhatIsConfigured() throws Exception {
    try (StandIn server = StandIn.refreshSession();
        TokenClient client = started(Given.valid("baseUrl", server.url() + "/", "organizationId", "org_1",
            "requestHeaders", "X-Api-Key: #{env:CS}"))) {
      assertEquals("at-1", token(client));
      assertEquals(List.of("/auth/v2/refresh-session"), server.paths);
      assertEquals("{\"refreshToken\":\"" + Given.REFRESH_TOKEN + "\",\"organizationId\":\"org_1\"}",
          server.bodies.get(0));
      assertEquals(List.of("cs-0123456789"), server.apiKeys);
    }
  }

  @Test
  void refreshSession_fitsAHomeGrownEndpoint() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid("baseUrl", null, "tokenEndpoint", server.url() + "/renew",
            "refreshTokenField", "token", "organizationId", "o", "organizationIdField", "org",
            "accessTokenPath", "access_token", "refreshTokenPath", "refresh_token", "expiresInPath", "expires_in"))) {
      assertEquals("at-1", token(client));
      assertEquals(List.of("/renew"), server.paths);
      assertEquals("{\"token\":\"" + Given.REFRESH_TOKEN + "\",\"org\":\"o\"}", server.bodies.get(0));
    }
  }

  @Test
  void oauth2_sendsWhatIsConfigured() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.OAUTH2, "tokenEndpoint", server.url() + "/token",
            "clientId", "web", "clientSecret", "#{env:CS}", "scope", "a b", "audience", "chat",
            "resource", "https://r1.example.com https://r2.example.com"))) {
      assertEquals("at-1", token(client));
      assertTrue(server.authorizations.get(0).startsWith("Basic "), server.authorizations.toString());
      String body = server.bodies.get(0);
      for (String part : List.of("grant_type=refresh_token", "refresh_token=" + Given.REFRESH_TOKEN, "scope=a+b",
          "audience=chat", "resource=https%3A%2F%2Fr1.example.com", "resource=https%3A%2F%2Fr2.example.com")) {
        assertTrue(body.contains(part), body);
      }
    }
  }

  @Test
  void clientAuthentication_isAsConfigured() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.CLIENT_CREDENTIALS, "tokenEndpoint", server.url(),
            "clientAuthentication", "post"))) {
      assertEquals("at-1", token(client));
      assertEquals("null", server.authorizations.get(0));
      assertTrue(server.bodies.get(0).contains("client_secret=cs-0123456789"), server.bodies.get(0));
    }
  }

  @Test
  void workos_sendsWhatIsConfigured() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.WORKOS, "baseUrl", server.url(), "clientSecret",
            "#{env:CS}"))) {
      assertEquals("at-1", token(client));
      assertEquals(List.of("/user_management/authenticate"), server.paths);
      assertTrue(server.bodies.get(0).contains("\"client_secret\":\"cs-0123456789\""), server.bodies.get(0));
    }
  }

  @Test
  void allowInsecure_reachesTheTokenEndpoint() throws Exception {
    try (TokenClient client = TokenClient.of(Given.config(Given.valid("baseUrl", "http://auth.internal",
        "allowInsecure", "true")))) {
      assertEquals("http://auth.internal", client.config().get(Parameters.BASE_URL).toString());
    }
  }

  @Test
  void keysOfTheIssuer_areAskedForBeforeATokenIsSpent() throws Exception {
    try (StandIn server = StandIn.refreshSession();
        TokenClient client = started(Given.valid("baseUrl", server.url(), "jwksUri", server.url() + "/jwks",
            "expectedAudience", "chat", "background", "false"))) {
      assertThrows(TokenException.class, () -> token(client));
      assertEquals("/jwks", server.paths.get(0));
    }
  }

  @Test
  void background_refreshesWithNoTraffic() throws Exception {
    try (StandIn server = StandIn.refreshSession();
        TokenClient client = started(Given.valid("baseUrl", server.url()))) {
      Poll.until(() -> !client.coordinator().application().isExpired());
      assertFalse(client.coordinator().application().isExpired());
    }
  }

  @Test
  void relay_hasNoCoordinator() throws Exception {
    try (TokenClient client = started(Given.valid(Protocol.RELAY))) {
      assertNull(client.coordinator());
      assertEquals("chat-api", client.name());
      assertEquals("[https://api.example.com]", client.allowedOrigins().toString());
      assertThrows(IllegalStateException.class, () -> client.exchangedFor("x"));
    }
  }

  // --- token exchange

  @Test
  void exchange_isMadeOncePerInboundToken() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.TOKEN_EXCHANGE, "tokenEndpoint", server.url(), "audience",
            "chat"))) {
      TokenSource first = client.exchangedFor("inbound-1");
      assertEquals("at-1", first.token());
      assertEquals("at-1", first.token());
      assertSame(first, client.exchangedFor("inbound-1"));
      assertEquals("at-2", client.exchangedFor("inbound-2").token());
      assertEquals(2, server.bodies.size());
      assertTrue(server.bodies.get(0).contains("subject_token=inbound-1&"), server.bodies.get(0));
      assertTrue(server.bodies.get(1).contains("subject_token=inbound-2&"), server.bodies.get(1));
    }
  }

  @Test
  void exchangedTokenThatIsRejected_isExchangedAgain() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.TOKEN_EXCHANGE, "tokenEndpoint", server.url()))) {
      TokenSource source = client.exchangedFor("inbound-1");
      assertTrue(source.invalidate(source.token()));
      assertEquals("at-2", source.token());
      assertTrue(server.bodies.get(1).contains("subject_token=inbound-1&"), server.bodies.get(1));
    }
  }

  @Test
  void beyondTheBound_anExchangeThatHoldsNoTokenIsForgottenFirst_andStillWorksForItsHolder() throws Exception {
    try (StandIn server = StandIn.oauth();
        TokenClient client = started(Given.valid(Protocol.TOKEN_EXCHANGE, "tokenEndpoint", server.url(),
            "maxCachedTokens", "2"))) {
      TokenSource held = client.exchangedFor("inbound-1");
      assertEquals("at-1", held.token());
      TokenSource unused = client.exchangedFor("inbound-2");
      client.exchangedFor("inbound-3");
      assertSame(held, client.exchangedFor("inbound-1"));
      assertEquals("at-2", unused.token());
      assertTrue(server.bodies.get(1).contains("subject_token=inbound-2&"), server.bodies.get(1));
    }
  }

  @Test
  void exchanging_tellsListenersOfTheExchangesAndOfNothingElse() throws Exception {
    List<TokenEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (StandIn server = StandIn.oauth();
        TokenClient client = TokenClient.of(Given.config(Given.valid(Protocol.TOKEN_EXCHANGE, "tokenEndpoint",
            server.url(), "maxCachedTokens", "1")), events::add)) {
      client.start();
      for (int i = 1; i <= 3; i++) assertEquals("at-" + i, client.exchangedFor("inbound-" + i).token());
    }
    List<TokenEvent.Type> one = List.of(TokenEvent.Type.REFRESHING, TokenEvent.Type.REFRESHED);
    // How one has ended is told when its callers have gone on, perhaps to the next one.
    Map<String, List<TokenEvent.Type>> told = events.stream().collect(Collectors.groupingBy(TokenEvent::identity,
        Collectors.mapping(TokenEvent::type, Collectors.toList())));
    assertEquals(List.of(one, one, one), List.copyOf(told.values()));
  }

  // --- stores

  @Test
  void storedTokens_outliveTheClientAndReplaceTheFirstPair() throws Exception {
    Map<String, String> params = Given.valid("store", "file:" + directory.resolve("tokens"));
    try (StandIn server = StandIn.refreshSession()) {
      params.put("baseUrl", server.url());
      try (TokenClient client = started(params)) {
        assertEquals("at-1", token(client));
      }
      params.remove("refreshToken");
      try (TokenClient client = started(params)) {
        client.coordinator().application().invalidate(token(client));
        assertEquals("at-2", token(client));
        assertTrue(server.bodies.get(1).contains("\"refreshToken\":\"rt-1\""), server.bodies.get(1));
      }
    }
  }

  @Test
  void noFirstPairAnywhere_isAConfigurationProblem() throws Exception {
    Map<String, String> params = Given.valid("refreshToken", null, "store", "file:" + directory.resolve("tokens"));
    try (TokenClient client = TokenClient.of(Given.config(params))) {
      ConfigException e = assertThrows(ConfigException.class, client::start);
      assertEquals(1, e.problems().size());
      assertTrue(e.problems().get(0).startsWith("refreshToken: is required: the protocol starts from a first pair"));
    }
  }

  @Test
  void dotenvStore_startsFromTheFileAndWritesBack() throws Exception {
    Path env = Files.writeString(directory.resolve(".env"), "# mine\nRT='rt-in-file'\nAT=\n");
    Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
    try (StandIn server = StandIn.refreshSession();
        TokenClient client = started(Given.source(Given.valid("baseUrl", server.url(), "refreshToken", null,
            "store", "dotenv:.env", "dotenvAccessTokenKey", "AT", "dotenvRefreshTokenKey",
                "RT")).baseDirectory(directory))) {
      assertEquals("at-1", token(client));
      assertTrue(server.bodies.get(0).contains("rt-in-file"), server.bodies.get(0));
      assertEquals("# mine\nRT='rt-1'\nAT=at-1\n", Files.readString(env));
    }
  }

  @Test
  void encryptionKey_sealsTheFile() throws Exception {
    Path file = directory.resolve("tokens");
    try (StandIn server = StandIn.refreshSession();
        TokenClient client = started(Given.source(Given.valid("baseUrl", server.url(), "store", "file:" + file,
                "encryptionKey", "#{env:KEY}"))
            .environment(Given.environment("KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")))) {
      assertEquals("at-1", token(client));
      assertFalse(Files.readString(file).contains("at-1"));
    }
  }

  @Test
  void jdbcStore_isFoundInJndi() throws Exception {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:token-client-test;DB_CLOSE_DELAY=-1");
    try (StandIn server = StandIn.refreshSession()) {
      ConfigSource.Builder source = Given.source(Given.valid("baseUrl", server.url(), "store", "jdbc:jdbc/tokens",
              "createTable", "true", "storeKey", "shared"))
          .jndi(name -> {
            if (name.equals("java:comp/env/jdbc/tokens")) return database;
            throw new javax.naming.NameNotFoundException(name);
          });
      try (TokenClient client = started(source)) {
        assertEquals("at-1", token(client));
      }
      try (var connection = database.getConnection(); var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT store_key FROM everbearer_tokens")) {
        assertTrue(rows.next());
        assertTrue(rows.getString(1).contains("shared"), rows.getString(1));
      }
    }
  }

  @Test
  void jndiNameWithoutDataSource_isAConfigurationProblem() {
    ConfigException missing = refused(Given.valid("store", "jdbc:jdbc/tokens"));
    assertTrue(missing.problems().get(0).startsWith("store = \"jdbc:jdbc/tokens\" (init-param): there is no JNDI"),
        missing.getMessage());
    ConfigException other = assertThrows(ConfigException.class, () -> TokenClient.of(ClientConfig.read(
        Given.source(Given.valid("store", "jdbc:jdbc/tokens")).jndi(name -> "text").build())));
    assertTrue(other.getMessage().contains("holds a java.lang.String, not a javax.sql.DataSource"), other.getMessage());
  }

  @Test
  void storeThatCannotBeReadAtStart_stopsNothing() throws Exception {
    Map<String, String> params = Given.valid("store", LateStore.class.getName());
    try (StandIn server = StandIn.refreshSession()) {
      params.put("baseUrl", server.url());
      try (TokenClient client = started(params)) {
        assertThrows(TokenException.class, () -> token(client));
        LateStore.there = true;
        Poll.until(() -> client.coordinator().application().accessTokenNow() != null);
        assertEquals("at-1", token(client));
      } finally {
        LateStore.there = false;
      }
    }
  }

  // --- classes of the application's own

  @Test
  void refresherOfTheApplicationsOwn_isUsed() throws Exception {
    Map<String, String> params = Given.params("protocol", OwnRefresher.class.getName(), "allowedOrigins",
        "https://a.example.com");
    try (TokenClient client = started(params)) {
      assertEquals(Protocol.CUSTOM, client.config().protocol());
      assertEquals("own-1", token(client));
    }
  }

  @Test
  void refresherThatSpendsATokenButHasNone_isAConfigurationProblem() throws Exception {
    Map<String, String> params = Given.params("protocol", SpendingRefresher.class.getName(), "allowedOrigins",
        "https://a.example.com");
    try (TokenClient client = TokenClient.of(Given.config(params))) {
      assertThrows(ConfigException.class, client::start);
    }
  }

  @Test
  void classThatCannotBeUsed_isAConfigurationProblem() {
    String problem = Given.problems(Given.valid("protocol", HiddenRefresher.class.getName(), "baseUrl", null)).get(0);
    assertTrue(problem.contains("must be public and not abstract, and have a public constructor without parameters"),
        problem);
  }

  @Test
  void allPartsThatCannotBeMade_areReportedAtOnce() throws IOException {
    ConfigException e = refused(Given.valid("store", FailingStore.class.getName(), "protocol",
        FailingRefresher.class.getName(),
        "baseUrl", null));
    assertEquals(2, e.problems().size(), e.getMessage());
    assertTrue(e.problems().get(0).startsWith("store = ") && e.problems().get(1).startsWith("protocol = "),
        e.getMessage());
    assertTrue(e.getMessage().contains("whose constructor failed: java.lang.IllegalStateException: no licence"),
        e.getMessage());
    Path key = Files.writeString(directory.resolve("key.pem"), "no key at all");
    ConfigException noKey = refused(Given.valid(Protocol.OAUTH2, "clientId", "web", "clientKey", key.toString()));
    assertTrue(noKey.problems().get(0).startsWith("clientKey = \"" + key + "\" (init-param): "), noKey.getMessage());
  }

  // --- the end

  @Test
  void close_endsAllThreads() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "at-file");
    TokenClient watching = TokenClient.of(ClientConfig.read(ConfigSource.builder("closing")
        .initParams(Given.valid(Protocol.STATIC, "accessToken", "#{file:" + token + "}")).build()));
    watching.start();
    assertTrue(threads("everbearer-closing-").contains("everbearer-closing-watch"));
    watching.close();
    watching.close();
    Poll.until(() -> threads("everbearer-closing-").isEmpty());
    assertEquals(List.of(), threads("everbearer-closing-"));
  }

  @Test
  void clientThatWasNeverStarted_hasNoWatchAndCloses() throws Exception {
    TokenClient client = TokenClient.of(ClientConfig.read(ConfigSource.builder("unstarted")
        .initParams(Given.valid(Protocol.STATIC, "accessToken", "#{file:" + Files.writeString(directory.resolve("t"),
            "x") + "}"))
        .build()));
    assertFalse(threads("everbearer-unstarted-").contains("everbearer-unstarted-watch"));
    client.close();
    Poll.until(() -> threads("everbearer-unstarted-").isEmpty());
    assertEquals(List.of(), threads("everbearer-unstarted-"));
  }

  private static List<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(n ->
        n.startsWith(prefix)).sorted().toList();
  }

  public static class OwnRefresher implements TokenRefresher {
    private int count;

    @Override
    public TokenSet refresh(TokenSet current) {
      return TokenSet.of("own-" + ++count, null).expiresIn(java.time.Duration.ofHours(1));
    }

    @Override
    public boolean spendsRefreshToken() {
      return false;
    }
  }

  public static final class SpendingRefresher extends OwnRefresher {
    @Override
    public boolean spendsRefreshToken() {
      return true;
    }
  }

  static final class HiddenRefresher extends OwnRefresher {}

  public static final class FailingRefresher extends OwnRefresher {
    public FailingRefresher() {
      throw new IllegalStateException("no licence");
    }
  }

  public static class LateStore implements TokenStore {
    static volatile boolean there;
    private TokenRecord record;

    @Override
    public synchronized Snapshot read(String key) throws IOException {
      if (!there) throw new IOException("not there yet");
      return new Snapshot(record, System.currentTimeMillis());
    }

    @Override
    public synchronized boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
      if (read(key).generation() != expected) return false;
      record = next;
      return true;
    }
  }

  public static final class FailingStore extends LateStore {
    public FailingStore() {
      throw new IllegalStateException("no licence");
    }
  }
}
