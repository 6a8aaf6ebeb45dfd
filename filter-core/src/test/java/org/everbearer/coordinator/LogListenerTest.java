package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.everbearer.Fingerprint;
import org.everbearer.Happened;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.everbearer.observe.LogListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads who looks at nothing but the log at INFO. */
class LogListenerTest {
  private static final String LEVEL = "org.slf4j.simpleLogger.log.org.everbearer.logged";
  private final VirtualTime time = new VirtualTime();
  private final ModelServer server = new ModelServer(time);
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setProperty(LEVEL, "info");
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(err);
    System.clearProperty(LEVEL);
  }

  private RefreshCoordinator.Builder builder() {
    return RefreshCoordinator.builder("logged", server.refresher(Duration.ofSeconds(10)))
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .node("node")
        .listener(new LogListener("logged"))
        .time(time, time.node(), () -> 0);
  }

  private RefreshCoordinator start() throws TokenException {
    RefreshCoordinator client = builder().firstTokens(server.signIn()).build();
    client.start();
    time.run();
    return client;
  }

  /** The lines, without the logger's decoration; each names client and identity. */
  private List<String> lines(String level) {
    List<String> all = written.toString(StandardCharsets.UTF_8).lines().collect(Collectors.toList());
    for (String line : all) assertTrue(line.contains("org.everbearer.logged - logged ["), line);
    return all.stream().filter(line -> line.contains(" " + level + " ")).collect(Collectors.toList());
  }

  @Test
  void eachRefresh_isOneLine() throws Exception {
    RefreshCoordinator client = start();
    time.advance(Duration.ofSeconds(155));
    client.close();
    List<String> lines = lines("INFO");
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(lines.get(0).endsWith("loaded token " + Fingerprint.of("A2") + ", valid for 1 min, refreshes itself in 50 s; begins family "
        + Fingerprint.of("R1")), lines.get(0));
    assertTrue(lines.get(1).endsWith("refreshed: token " + Fingerprint.of("A4")
        + ", valid for 1 min, refreshes itself in 50 s (took 0 ms, trigger ahead)"), lines.get(1));
  }

  @Test
  void outage_isOneWarningWithTheNextTry_andOneSummary() throws Exception {
    RefreshCoordinator client = start();
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofSeconds(120));
    server.always = Fault.NONE;
    time.advance(Duration.ofSeconds(20));
    client.close();
    assertTrue(server.calls > 5, "there were several failures");
    List<String> warnings = lines("WARN");
    assertEquals(1, warnings.size(), warnings.toString());
    assertTrue(warnings.get(0).contains("The present token is served for another 10 s. Next try at 20"), warnings.get(0));
    assertTrue(warnings.get(0).contains("Remedy: "), warnings.get(0));
    List<String> infos = lines("INFO");
    assertTrue(infos.get(1).contains("works again after 1 min 1"), infos.toString());
    assertEquals(2, infos.size(), infos.toString());
    List<String> errors = lines("ERROR");
    assertEquals(1, errors.size(), "the last valid token is gone: " + errors);
    assertTrue(errors.get(0).contains("has no valid token any more: 503. No valid token is held, so calls fail. Next try at 20"),
        errors.get(0));
  }

  @Test
  void whatNeedsAPerson_isAnErrorWithARemedy_once() throws Exception {
    for (Fault fault : List.of(Fault.CONFIGURATION, Fault.NEEDS_USER)) {
      written.reset();
      server.always = Fault.NONE;
      RefreshCoordinator client = start();
      server.always = fault;
      time.advance(Duration.ofMinutes(20));
      client.close();
      List<String> errors = lines("ERROR");
      assertEquals(1, errors.size(), errors.toString());
      assertTrue(errors.get(0).contains("Remedy: "), errors.get(0));
      assertEquals(List.of(), lines("WARN"));
    }
  }

  @Test
  void deadFamily_isOneError() throws Exception {
    RefreshCoordinator client = start();
    server.revoked = true;
    time.advance(Duration.ofMinutes(20));
    client.close();
    List<String> errors = lines("ERROR");
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.get(0).contains("rejected") && errors.get(0).contains("Remedy: sign in again"), errors.get(0));
    assertEquals(List.of(), lines("WARN"));
  }

  @Test
  void familyThatDiedEarlierOrElsewhere_isOneErrorToo() throws Exception {
    MemoryTokenStore shared = new MemoryTokenStore(time);
    TokenSet first = server.signIn();
    RefreshCoordinator one = builder().store(shared).firstTokens(first).build();
    one.start();
    server.revoked = true;
    time.advance(Duration.ofMinutes(5));
    one.close();
    assertEquals(1, lines("ERROR").size());
    written.reset();
    RefreshCoordinator again = builder().store(shared).firstTokens(first).build();
    again.start();
    time.advance(Duration.ofMinutes(20));
    again.close();
    List<String> errors = lines("ERROR");
    assertEquals(1, errors.size(), written.toString(StandardCharsets.UTF_8));
    assertTrue(errors.get(0).contains("has rejected the refresh token"), errors.get(0));
    assertTrue(errors.get(0).contains("Remedy: sign in again"), errors.get(0));
    assertEquals(List.of(), lines("WARN"));
  }

  @Test
  void outageThatTurnsIntoARefusal_isAnErrorToo() throws Exception {
    RefreshCoordinator client = start();
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofMinutes(2));
    server.always = Fault.CONFIGURATION;
    time.advance(Duration.ofMinutes(20));
    server.always = Fault.NONE;
    time.advance(Duration.ofMinutes(3));
    client.close();
    assertEquals(1, lines("WARN").size());
    assertEquals(2, lines("ERROR").size(), lines("ERROR").toString());
    assertTrue(lines("ERROR").get(0).contains("has no valid token any more: 503"), lines("ERROR").get(0));
    assertTrue(lines("ERROR").get(1).contains("until somebody acts: invalid_client"), lines("ERROR").get(1));
    assertEquals(1, lines("INFO").stream().filter(line -> line.contains("works again after 21 min")
        || line.contains("works again after 22 min")).count(), lines("INFO").toString());
  }

  @Test
  void manySessions_doNotFillTheLog() throws Exception {
    RefreshCoordinator client = builder().background(false).build();
    for (int i = 0; i < 200; i++) client.storeTokens("session-" + i, server.signIn());
    time.advance(Duration.ofSeconds(61));
    server.always = Fault.UNAVAILABLE;
    for (int i = 0; i < 200; i++) client.source("session-" + i).accessTokenAsync();
    time.run();
    time.advance(Duration.ofSeconds(11));
    client.source("late").accessTokenAsync();
    client.storeTokens("another", server.signIn().expiresIn(Duration.ofMillis(1)));
    time.advance(Duration.ofMillis(2));
    client.source("another").accessTokenAsync();
    time.run();
    time.advance(Duration.ofSeconds(1));
    client.close();
    assertEquals(List.of(), lines("INFO"), "what goes well with a session is no news");
    List<String> warnings = lines("WARN");
    assertEquals(2, warnings.size(), warnings.toString());
    assertTrue(warnings.get(1).contains("(and 199 more like this in other sessions)"), warnings.get(1));
    assertFalse(warnings.get(0).contains("session-"), "an identity is shown as a fingerprint");
  }

  @Test
  void userWhoHasToSignInAgain_wakesNobody_butARefusedConfigurationDoes() throws Exception {
    RefreshCoordinator client = builder().background(false).build();
    client.storeTokens("session-1", server.signIn());
    time.advance(Duration.ofSeconds(61));
    server.revoked = true;
    client.source("session-1").accessTokenAsync();
    time.run();

    server.revoked = false;
    client.storeTokens("session-2", server.signIn());
    time.advance(Duration.ofSeconds(61));
    server.always = Fault.CONFIGURATION;
    client.source("session-2").accessTokenAsync();
    time.run();
    client.close();
    assertEquals(1, lines("ERROR").size(), lines("ERROR").toString());
    assertTrue(lines("ERROR").get(0).contains("correct the client's parameters"), lines("ERROR").get(0));
    assertEquals(1, lines("WARN").size(), lines("WARN").toString());
    assertTrue(lines("WARN").get(0).contains("it is for this user to sign in again"), lines("WARN").get(0));
  }

  @Test
  void deadToken_tellsWhatLedThere() throws Exception {
    server.faults.add(Fault.LOST_AFTER_COMMIT);
    RefreshCoordinator client = start();
    time.advance(Duration.ofMinutes(5));
    client.close();
    List<String> errors = lines("ERROR");
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.get(0).matches(".*the refresh token was rejected and cannot be used again: presented by node node at"
        + " 2023-\\S+Z, never answered, presented again after \\d+\\S* m?s, rejected: invalid_grant: reuse detected\\. .*"),
        errors.get(0));
  }

  @Test
  void configuredPairThatIsOld_whileTheStoredOneIsDead_isAWarning() throws Exception {
    MemoryTokenStore shared = new MemoryTokenStore(time);
    TokenSet first = server.signIn();
    RefreshCoordinator one = builder().store(shared).firstTokens(first).build();
    one.start();
    time.advance(Duration.ofSeconds(155));
    server.revoked = true;
    time.advance(Duration.ofMinutes(5));
    one.close();
    TokenSet second = server.signIn();
    written.reset();
    RefreshCoordinator again = builder().store(shared).firstTokens(TokenSet.of("A4", "R3")).build();
    again.start();
    again.close();
    assertEquals(1, lines("WARN").size(), written.toString(StandardCharsets.UTF_8) + second);
    assertTrue(lines("WARN").get(0).contains("and is not used, but the stored one is dead. Remedy: sign in again"), lines("WARN").get(0));
  }

  @Test
  void failingStore_isOneErrorAndOneLineWhenItWorksAgain() throws Exception {
    LogListener listener = new LogListener("logged");
    for (int i = 0; i < 5; i++) listener.onEvent(Happened.withFailure(TokenEvent.Type.NOT_SAVED, i * 60, 60, Reason.STORE));
    listener.onEvent(Happened.event(TokenEvent.Type.SAVED, 300, 60));
    String text = written.toString(StandardCharsets.UTF_8);
    assertEquals(1, text.lines().filter(line -> line.contains(" ERROR ")).count(), text);
    assertEquals(1, text.lines().filter(line -> line.contains("are saved now")).count(), text);
  }

  @Test
  void noLine_holdsAToken() throws Exception {
    server.fixedAccessToken = "secretAccessToken";
    RefreshCoordinator client = start();
    server.faults.add(Fault.UNAVAILABLE);
    time.advance(Duration.ofMinutes(3));
    server.revoked = true;
    time.advance(Duration.ofMinutes(3));
    client.close();
    assertFalse(lines("INFO").isEmpty());
    assertFalse(written.toString(StandardCharsets.UTF_8).contains("secretAccessToken"));
  }
}
