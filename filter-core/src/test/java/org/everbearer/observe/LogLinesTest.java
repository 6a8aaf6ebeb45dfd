package org.everbearer.observe;

import static org.everbearer.Happened.asking;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.everbearer.Happened;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each line, word by word, for the events that call for it. */
class LogLinesTest {
  private static final String LEVEL = "org.slf4j.simpleLogger.log.org.everbearer.lines";
  private static final String WORKS_BY_ITSELF =
      "Remedy: none needed if the identity server comes back; this client then goes on by itself";
  private static final String SIGN_IN =
      "Remedy: sign in again, or put a new accessToken and refreshToken into the configuration and redeploy";

  private final PrintStream err = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private LogListener log;

  @BeforeEach
  void listen() {
    level("info");
  }

  private void level(String level) {
    System.setProperty(LEVEL, level);
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    // A logger of its own for each level: it remembers the one that it was made with.
    log = new LogListener("lines." + level + "." + System.nanoTime());
  }

  @AfterEach
  void restore() {
    System.setErr(err);
    System.clearProperty(LEVEL);
  }

  private void after(TokenEvent... events) {
    for (TokenEvent event : events) log.onEvent(event);
  }

  /** What was written since the last time, each line with its level. */
  private List<String> lines() {
    List<String> lines = written.toString(StandardCharsets.UTF_8).lines()
        .map(line -> line.replaceFirst("^\\[[^]]*] ", "").replaceFirst(" org\\.everbearer\\.\\S+ - ", " "))
        .collect(Collectors.toList());
    written.reset();
    return lines;
  }

  private void expect(String... lines) {
    assertEquals(String.join("\n", lines), String.join("\n", lines()));
  }

  @Test
  void refresh_sameToken_andRelease() {
    after(refreshed("application", 0, 60), event(Type.UNCHANGED, 50, 10), event(Type.RELEASED, 51, 9),
        refreshed("a-user", 52, 60));
    expect("INFO chat-api [application] refreshed: token f1f2f3f4, valid for 1 min, refreshes itself in 50 s (took 250 ms,"
        + " trigger ahead)");
  }

  @Test
  void withoutATimer_nothingRefreshesItself() {
    log = new LogListener("lines.manual", false);
    after(refreshed("application", 0, 60));
    expect("INFO chat-api [application] refreshed: token f1f2f3f4, valid for 1 min, refreshed by the first call in 50 s"
        + " (took 250 ms, trigger ahead)");
  }

  @Test
  void atDebug_whatIsNoNewsIsTold() {
    level("debug");
    after(event(Type.UNCHANGED, 50, 10), event(Type.RELEASED, 51, 9), event(Type.INVALIDATED, 52, 8),
        failed("application", 53, 7, Reason.TRANSIENT, 1), failed("application", 54, 6, Reason.TRANSIENT, 2));
    List<String> lines = lines();
    assertEquals("DEBUG chat-api [application] was handed out token f1f2f3f4 again, valid for 10 s, refreshes itself in 0 ms",
        lines.get(0));
    assertEquals("DEBUG chat-api [application] TokenEvent[RELEASED, client chat-api, identity application, token f1f2f3f4]",
        lines.get(1));
    assertEquals("DEBUG chat-api [application] token f1f2f3f4 was rejected by the API (401)", lines.get(2));
    assertEquals("DEBUG chat-api [application] attempt 2 failed: the endpoint said TRANSIENT. The present token is served for"
        + " another 6.0 s. Next try at 2026-01-01T00:01:04Z. " + WORKS_BY_ITSELF, lines.get(4));
  }

  @Test
  void outage_escalatesOnce_whenTheLastTokenIsGone() {
    after(refreshed("application", 0, 60));
    lines();
    after(failed("application", 50, 10, Reason.TRANSIENT, 1), failed("application", 55, 5, Reason.TRANSIENT, 2));
    expect("WARN chat-api [application] cannot be refreshed: the endpoint said TRANSIENT. The present token is served for"
        + " another 10 s. Next try at 2026-01-01T00:01:00Z. " + WORKS_BY_ITSELF);
    after(failed("application", 60, 0, Reason.TRANSIENT, 3), failed("application", 70, -10, Reason.NOT_SENT, 4));
    expect("ERROR chat-api [application] has no valid token any more: the endpoint said TRANSIENT. No valid token is held, so"
        + " calls fail. Next try at 2026-01-01T00:01:10Z. " + WORKS_BY_ITSELF);
    after(refreshed("application", 80, 60));
    expect("INFO chat-api [application] works again after 30 s: token f1f2f3f4, valid for 1 min, refreshes itself in 50 s"
        + " (took 250 ms, trigger ahead)");
    after(refreshed("application", 90, 60), failed("application", 150, 0, Reason.TRANSIENT, 1));
    lines();
    after(failed("application", 151, -1, Reason.TRANSIENT, 2));
    assertEquals(1, lines().size(), "and at the next outage again");
  }

  @Test
  void outageOfOneSession_isNoError() {
    after(failed("a-user", 0, 0, Reason.TRANSIENT, 1), failed("a-user", 20, 0, Reason.TRANSIENT, 2));
    assertEquals(1, lines().stream().filter(line -> line.startsWith("WARN")).count());
    assertEquals(List.of(), lines());
  }

  @Test
  void sessionsWithoutTokens_areOneWarningInTenSeconds() {
    after(failed("a-user", 0, null, Reason.NO_TOKENS, 1), failed("a-user", 1, null, Reason.NO_TOKENS, 2),
        failed("b-user", 9, null, Reason.NO_TOKENS, 1), failed("c-user", 10, null, Reason.NO_TOKENS, 1));
    List<String> lines = lines();
    assertEquals(2, lines.size(), lines.toString());
    assertEquals(true, lines.get(0).startsWith("WARN chat-api [a-user] has to sign in again: "), lines.get(0));
    assertEquals(true, lines.get(1).endsWith("Remedy: none here; it is for this user to sign in again (and 2 more like this"
        + " in other sessions)"), lines.get(1));
  }

  @Test
  void tokenOfUnknownEnd_isServed_soThatNothingIsGone() {
    after(Happened.endUnknown(Type.REFRESHED, 0, 300), Happened.endUnknown(Type.FAILED, 300, 0),
        Happened.endUnknown(Type.FAILED, 310, -10));
    expect("INFO chat-api [application] refreshed: token f1f2f3f4, says nothing of its end; served until it is rejected",
        "WARN chat-api [application] cannot be refreshed: the endpoint said TRANSIENT. The present token says nothing of its"
        + " end; it is served until it is rejected. Next try at 2026-01-01T00:05:10Z. " + WORKS_BY_ITSELF);
  }

  @Test
  void hostThatWasNeverReached_isProbablyATypo_andNotOneThatWas() {
    after(failed("application", 0, null, Reason.NOT_SENT, 1));
    expect("WARN chat-api [application] cannot be refreshed: the endpoint said NOT_SENT. No valid token is held, so calls fail."
        + " Next try at 2026-01-01T00:00:10Z. Remedy: it has never been reached since the start, so probably its address"
        + " (baseUrl, tokenEndpoint or issuer) has a typo; if not, check name resolution, proxy and firewall");
    after(refreshed("application", 10, 60), failed("application", 70, 0, Reason.NOT_SENT, 1));
    assertEquals(true, lines().get(1).endsWith(WORKS_BY_ITSELF));
  }

  @Test
  void deadToken_tellsWhatLedThere_inTheServersWords_once() {
    after(asking("application", 34), failed("application", 35, 25, Reason.AMBIGUOUS, 1));
    lines();
    after(Happened.replayed(51, null), event(Type.DEAD, 51, 9), failed("application", 51, 9, Reason.REJECTED, 2),
        failed("application", 61, 0, Reason.REJECTED, 3), failed("application", 71, 0, Reason.REJECTED, 4));
    expect("ERROR chat-api [application] the refresh token was rejected and cannot be used again: presented by node node-a at"
        + " 2026-01-01T00:00:34Z, never answered, presented again after 17 s, rejected: the endpoint said REJECTED. The"
        + " present token is served for another 9.0 s. " + SIGN_IN);
  }

  @Test
  void apiThatRejectsEveryToken_isOneWarningAStreak() {
    after(Happened.rejected(1, 59, 1, 1));
    expect("");
    after(Happened.rejected(2, 58, 7, 2), Happened.rejected(4, 56, 70, 3));
    expect("WARN chat-api [application] the API rejects new tokens too (401): 2 in a row, none was ever accepted. It is for"
        + " audience one. Remedy: compare the token's audience, issuer and scope with what the API expects");
    after(Happened.rejected(10, 50, 1, 1), Happened.rejected(12, 48, 1, 2));
    assertEquals(1, lines().size());
  }

  @Test
  void eachReplacementOfAFamily_isOneLine() {
    after(Happened.families(Type.LOADED, 0, "none", "aaaa1111"), Happened.families(Type.STORED, 1, "aaaa1111", "bbbb2222"),
        Happened.families(Type.ADOPTED, 2, "bbbb2222", "cccc3333"), Happened.families(Type.LOADED, 3, null, null));
    expect("INFO chat-api [application] loaded token f1f2f3f4, valid for 1 min, refreshes itself in 50 s; begins family"
        + " aaaa1111",
        "INFO chat-api [application] was given token f1f2f3f4, valid for 1 min, refreshes itself in 50 s; replaces family"
        + " aaaa1111 by family bbbb2222",
        "INFO chat-api [application] took over token f1f2f3f4 from node-a, valid for 1 min, refreshes itself in 50 s; replaces"
        + " family bbbb2222 by family cccc3333",
        "INFO chat-api [application] loaded token f1f2f3f4, valid for 1 min, refreshes itself in 50 s");
  }

  @Test
  void olderPairs_areNamed() {
    after(Happened.families(Type.REPAIRED, 0, "aaaa1111", "bbbb2222"), Happened.families(Type.OLD_PAIR, 1, "aaaa1111", "bbbb2222"));
    expect("WARN chat-api [application] the store held an older pair (aaaa1111) of this family; wrote bbbb2222 back",
        "INFO chat-api [application] the configured pair (aaaa1111) is older than the stored one (bbbb2222) and is not used");
    after(failed("application", 2, 0, Reason.REJECTED, 1));
    lines();
    after(Happened.families(Type.OLD_PAIR, 3, "aaaa1111", "bbbb2222"));
    expect("WARN chat-api [application] the configured pair (aaaa1111) is older than the stored one (bbbb2222) and is not used,"
        + " but the stored one is dead. Remedy: sign in again, and configure the new pair");
  }

  @Test
  void tokenGivenUpByHand() {
    after(Happened.givenUp(0));
    expect("INFO chat-api [application] gave up token f1f2f3f4 on request; the next call gets another one");
  }

  @Test
  void slowListener_isNamed_andNotEachSecond() {
    after(Happened.dropped(0, 1, "com.example.Slow"), Happened.dropped(1, 50, "com.example.Slow"),
        Happened.dropped(2, 50, "com.example.Other"), Happened.dropped(11, 7, "com.example.Slow"));
    expect("WARN chat-api: 1 event was not told to the listener com.example.Slow: it is too slow",
        "WARN chat-api: 50 events were not told to the listener com.example.Other: it is too slow",
        "WARN chat-api: 57 events were not told to the listener com.example.Slow: it is too slow");
  }

  @Test
  void bracesInNames_areNoPlaceholders() {
    after(Happened.named("chat {} api", "node {}", Type.REFRESHED, 0), Happened.named("chat {} api", "node {}", Type.ADOPTED, 1));
    expect("INFO chat {} api [application] refreshed: token f1f2f3f4, valid for 1 min, refreshes itself in 50 s (took 250 ms,"
        + " trigger ahead)",
        "INFO chat {} api [application] took over token f1f2f3f4 from node {}, valid for 1 min, refreshes itself in 50 s");
  }
}
