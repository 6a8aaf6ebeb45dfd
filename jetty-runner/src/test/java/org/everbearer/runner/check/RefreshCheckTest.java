package org.everbearer.runner.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigSource;
import org.everbearer.config.TokenClient;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.everbearer.runner.standin.TokenPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code check --refresh} against the stand-in server, and that nobody loses a session by it. */
class RefreshCheckTest {
  private static final String ACCESS = "test.check.access";
  private static final String REFRESH = "test.check.refresh";

  @TempDir
  Path directory;

  private StandIn standIn;
  private TokenPair first;

  @BeforeEach
  void start() throws IOException {
    start(StandInOptions.defaults());
  }

  private void start(StandInOptions options) throws IOException {
    if (standIn != null) standIn.close();
    standIn = StandIn.start(options);
    first = standIn.newFamily("user_check", "org_check");
    System.setProperty(ACCESS, first.accessToken());
    System.setProperty(REFRESH, first.refreshToken());
  }

  @AfterEach
  void stop() {
    standIn.close();
    System.clearProperty(ACCESS);
    System.clearProperty(REFRESH);
  }

  private Map<String, String> params() {
    String server = standIn.baseUri().toString();
    return new LinkedHashMap<>(Map.of("baseUrl", server, "allowedOrigins", server,
        "accessToken", "#{sys:" + ACCESS + "}", "refreshToken", "#{sys:" + REFRESH + "}"));
  }

  /** Nothing that it says may hold one of the tokens. */
  private Checked check(Map<String, String> params, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--config"));
    params.forEach((key, value) -> arguments.add(key + "=" + value));
    arguments.addAll(List.of("--client", "chat-api", "--refresh"));
    arguments.addAll(List.of(more));
    return Checked.run(arguments.toArray(String[]::new)).never(first.accessToken(), first.refreshToken(), "eyJ");
  }

  /** Starts the application that the check was made for, and has it refresh. */
  private void assertApplicationGoesOn(Map<String, String> params) throws Exception {
    ClientConfig config = ClientConfig.read(ConfigSource.inThisJvm("chat-api").initParams(params).build());
    try (TokenClient client = TokenClient.of(config)) {
      client.start();
      RefreshCoordinator coordinator = client.coordinator();
      String held = coordinator.application().token();
      assertNotEquals(first.accessToken(), held, "it begins with the token that the check has fetched");
      coordinator.application().invalidate(held);
      assertNotEquals(held, coordinator.application().token());
    }
    assertEquals(0, standIn.stats().reuses());
    assertEquals(0, standIn.stats().deadTokens());
  }

  @Test
  void fileStore_keepsTheNewPair_andTheApplicationGoesOnFromThere() throws Exception {
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    check(params).isFine()
        .says("NOTE     asking the token endpoint. This spends the refresh token; its successor goes to file:",
            "ok       refreshed in ", "the new access token lives for 5 min",
            "the refresh token was rotated: the old one is spent, the new one is in file:",
            "the new token was not verified");
    assertEquals(1, standIn.stats().refreshes(), "it asks once");
    assertApplicationGoesOn(params);
  }

  private TokenPair configureAnotherPair() {
    TokenPair other = standIn.newFamily("user_other", "org_check");
    System.setProperty(ACCESS, other.accessToken());
    System.setProperty(REFRESH, other.refreshToken());
    return other;
  }

  @Test
  void storedFamilyThatLives_isNotReplacedByThePairOfThisEnvironment() throws Exception {
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    check(params).isFine().says("no live tokens in the store: the configured ones are used");
    TokenPair other = configureAnotherPair();
    check(params).isFine().never("the configured ones are used", other.accessToken(), other.refreshToken());
    System.setProperty(ACCESS, first.accessToken());
    System.setProperty(REFRESH, first.refreshToken());
    assertApplicationGoesOn(params);
  }

  @Test
  void storedFamilyThatIsDead_givesWayToTheConfiguredPair() throws Exception {
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    check(params).isFine();
    standIn.killFamilies();
    check(params).hasProblems(1).says("The refresh token is dead");
    configureAnotherPair();
    check(params).isFine().says("the configured ones are used", "the refresh token was rotated");
  }

  @Test
  void withoutRefresh_noServerIsAsked() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--config"));
    params().forEach((key, value) -> arguments.add(key + "=" + value));
    Checked.run(arguments.toArray(String[]::new)).isFine().never("NOTE");
    assertEquals(0, standIn.stats().refreshes());
  }

  @Test
  void memoryStore_isRefused_andNothingIsSpent() throws Exception {
    check(params()).hasProblems(1).says("--refresh: refused, because store=memory would lose the new refresh token",
        "--save-to FILE");
    assertEquals(0, standIn.stats().refreshes());
  }

  @Test
  void saveTo_keepsTheNewPair_inANewFileForItsOwnerOnly() throws Exception {
    Path file = directory.resolve("new.env");
    check(params(), "--save-to", file.toString()).isFine().says("the new one is in " + file,
        "put the two tokens in " + file + " into the configuration");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Map<String, String> params = params();
    params.put("accessToken", "#{dotenv:" + file + "#AUTH_ACCESS_TOKEN}");
    params.put("refreshToken", "#{dotenv:" + file + "#AUTH_REFRESH_TOKEN}");
    assertApplicationGoesOn(params);
    check(params(), "--save-to", file.toString()).hasProblems(1).says("is there already");
  }

  @Test
  void saveTo_leavesNoFile_whereNothingWasSpent() throws Exception {
    standIn.close();
    check(params(), "--save-to", directory.resolve("new.env").toString()).hasProblems(1).says("Nothing was sent");
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void saveTo_intoNoDirectory_isToldBeforeAnythingIsSpent() throws Exception {
    check(params(), "--save-to", directory.resolve("no/new.env").toString()).hasProblems(1).says("cannot be made");
    assertEquals(0, standIn.stats().refreshes());
  }

  @Test
  void deadRefreshToken_isTold() throws Exception {
    standIn.killFamily(first.refreshToken());
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    check(params).hasProblems(1).says("The refresh token is dead: spent elsewhere, revoked or too old. Sign in again");
  }

  @Test
  void serverThatIsDown_isTold_andNothingIsSpent() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    String right = params.put("baseUrl", "http://127.0.0.1:" + port);
    check(params).hasProblems(1).says("Nothing was sent, so nothing is spent");
    params.put("baseUrl", right);
    check(params).isFine();
    assertApplicationGoesOn(params);
  }

  @Test
  void outage_isTold_andNothingIsSpent() throws Exception {
    standIn.failNext(503);
    Map<String, String> params = params();
    params.put("store", "dotenv:" + directory.resolve(".env"));
    check(params).hasProblems(1).says("the refresh failed: ", "503");
    check(params).isFine();
    assertApplicationGoesOn(params);
  }

  @Test
  void wrongUrl_isTold_andNothingIsLost() throws Exception {
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    params.remove("baseUrl");
    params.put("tokenEndpoint", standIn.baseUri() + "/auth/v3/nowhere");
    check(params).hasProblems(1).says("404", "Nothing is lost. Correct the address");
    params.put("tokenEndpoint", standIn.baseUri() + "/auth/v2/refresh-session");
    check(params).isFine();
    assertApplicationGoesOn(params);
  }

  @Test
  void lostReply_isReplayedWithinTheGrace() throws Exception {
    standIn.loseNextReply();
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    params.put("reuseGrace", "10s");
    check(params).isFine();
    assertEquals(1, standIn.stats().replays());
    assertApplicationGoesOn(params);
  }

  @Test
  void repliesThatAreLostForGood_areOnRecord_andTheApplicationGoesOnFromThere() throws Exception {
    standIn.loseReplies(1);
    Path file = directory.resolve("new.env");
    Map<String, String> params = params();
    params.put("requestTimeout", "1s"); // and so the lease, which the next one waits for, is short
    check(params, "--save-to", file.toString()).hasProblems(1)
        .says("Whether the refresh token is spent is not known. That it was presented is on record in " + file);
    standIn.loseReplies(0);
    params.put("store", "dotenv:" + file);
    params.put("reuseGrace", "10s");
    check(params).isFine();
    assertApplicationGoesOn(params);
  }

  @Test
  void storeThatFailsAfterTheRefresh_losesNothing() throws Exception {
    Map<String, String> params = params();
    params.put("store", FailingStore.class.getName());
    ClientConfig config = ClientConfig.read(ConfigSource.inThisJvm("chat-api").initParams(params).build());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Findings findings = new Findings(new PrintStream(out, true, UTF_8));
    new TrialRefresh(config, null, findings, Duration.ofMillis(100), directory).run();
    String said = out.toString(UTF_8);
    assertEquals(1, findings.problems(), said);
    assertFalse(said.contains("eyJ"), said);
    Matcher rescued = Pattern.compile("The new tokens are in (\\S+\\.env) instead").matcher(said);
    assertTrue(rescued.find(), said);
    Path file = Path.of(rescued.group(1));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    params.put("store", "dotenv:" + file);
    params.remove("accessToken");
    params.remove("refreshToken");
    assertApplicationGoesOn(params);
  }

  @Test
  void serverThatDoesNotRotate_isTold_andNoFileIsLeft() throws Exception {
    start(StandInOptions.defaults().withRotate(false));
    Path file = directory.resolve("new.env");
    check(params(), "--save-to", file.toString()).isFine().says("the refresh token was not rotated: it stays as it is");
    assertFalse(Files.exists(file));
  }

  @Test
  void verification_isSaid_andAFailedOneKeepsTheRotatedToken() throws Exception {
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    params.put("jwksUri", standIn.baseUri() + "/.well-known/jwks.json");
    check(params).isFine().says("the new token's signature and claims were verified");
    params.put("expectedAudience", "https://somebody-else.example");
    check(params).hasProblems(1).says("the server has rotated the refresh token all the same; the new one is in file:");
    params.remove("expectedAudience");
    check(params).isFine();
    assertApplicationGoesOn(params);
  }

  @Test
  void clientCredentials_needNoStore() throws Exception {
    Map<String, String> params = new LinkedHashMap<>(Map.of("protocol", "client-credentials",
        "tokenEndpoint", standIn.baseUri() + "/oauth/token", "allowedOrigins", standIn.baseUri().toString(),
        "clientId", StandIn.CLIENT_ID, "clientSecret", StandIn.CLIENT_SECRET));
    check(params).isFine().says("ok       refreshed in ").never(StandIn.CLIENT_SECRET, "spends");
    params.put("clientSecret", "wrong-secret-of-the-test");
    check(params).hasProblems(1).says("invalid_client").never("wrong-secret-of-the-test");
  }

  @Test
  void tokensOfUsers_areNotRefreshedHere() throws Exception {
    Map<String, String> params = params();
    params.remove("accessToken");
    params.remove("refreshToken");
    params.put("identity", "session");
    check(params).isFine().says("this client's tokens come with each user");
  }

  @Test
  void shortLifetime_isShownWithTheMarginThatApplies() throws Exception {
    start(StandInOptions.defaults().withAccessTokenLifetime(Duration.ofSeconds(60)));
    Map<String, String> params = params();
    params.put("store", "file:" + directory.resolve("tokens"));
    Checked checked = check(params).isFine();
    String lifetime = "(?s).*lives for (59 s|6[01] s|1 min); it is refreshed ahead of time when 3[0-6] s are left.*";
    assertTrue(checked.out().matches(lifetime), checked.out());
  }
}
