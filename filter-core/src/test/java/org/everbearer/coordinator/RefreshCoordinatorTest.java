package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.everbearer.AccessToken;
import org.everbearer.JwtClaims;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One process, one family: what callers see while time passes and the server fails. Time is moved by hand. */
class RefreshCoordinatorTest {
  private final VirtualTime time = new VirtualTime();
  private final VirtualTime.Node node = time.node();
  private final ModelServer server = new ModelServer(time);
  private final List<TokenEvent> events = new ArrayList<>();
  private final MemoryTokenStore store = new MemoryTokenStore(time);
  private double dice;
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    if (client != null) client.close();
  }

  private RefreshCoordinator.Builder builder(TokenSet first) {
    return RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .store(store)
        .firstTokens(first)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .node("node")
        .time(time, node, () -> dice);
  }

  private TokenSource start(RefreshCoordinator.Builder builder) throws TokenException {
    client = builder.build();
    client.start();
    time.run();
    return client.application();
  }

  private TokenSource startSignedIn() throws TokenException {
    return start(builder(server.signIn()));
  }

  /** What a caller gets if it waits as long as it takes. */
  private String token(TokenSource source) throws TokenException {
    CompletableFuture<String> token = source.tokenAsync();
    time.run();
    for (int i = 0; !token.isDone() && i < 1000; i++) time.advance(Duration.ofMillis(100));
    try {
      return token.join();
    } catch (CompletionException e) {
      throw (TokenException) e.getCause();
    }
  }

  private TokenException failure(TokenSource source) {
    return assertThrows(TokenException.class, () -> token(source));
  }

  // --- at once

  @Test
  void refreshNow_bringsAnotherTokenThoughThePresentOneIsFresh() throws Exception {
    TokenSource source = startSignedIn();
    String before = token(source);
    CompletableFuture<AccessToken> outcome = client.refreshNow(null);
    assertFalse(outcome.isDone());
    assertEquals(before, token(source), "nobody else waits for it");
    time.run();
    assertNotEquals(before, outcome.join().value());
    assertEquals(token(source), outcome.join().value());
  }

  @Test
  void refreshNow_tellsWhyItFailed_andIgnoresTheBackOff() throws Exception {
    TokenSource source = startSignedIn();
    String before = token(source);
    server.faults.add(Fault.UNAVAILABLE);
    CompletableFuture<AccessToken> outcome = client.refreshNow(null);
    time.run();
    CompletionException failed = assertThrows(CompletionException.class, outcome::join);
    assertEquals(Reason.TRANSIENT, ((TokenException) failed.getCause()).reason());
    assertEquals(before, token(source));
    CompletableFuture<AccessToken> again = client.refreshNow(null);
    time.run();
    assertNotEquals(before, again.join().value());
  }

  // --- fresh, stale, expired

  @Test
  void freshToken_isServedWithoutAnyCall() throws Exception {
    TokenSource source = startSignedIn();
    assertEquals("A2", source.token());
    assertSame(source.accessToken(), source.accessToken());
    assertSame(source.accessToken(), source.accessTokenNow());
    assertEquals(0, server.calls);
  }

  @Test
  void staleToken_isServedWhileOneRefreshRuns() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(51));
    for (int i = 0; i < 64; i++) assertEquals("A2", source.token());
    assertEquals(0, server.calls);
    time.run();
    assertEquals(1, server.calls);
    assertEquals("A4", source.token());
  }

  @Test
  void expiredToken_allWaitersShareOneRefresh() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(61));
    assertTrue(source.isExpired());
    List<CompletableFuture<String>> waiters = new ArrayList<>();
    for (int i = 0; i < 100; i++) waiters.add(source.tokenAsync());
    assertNull(source.accessTokenNow());
    time.run();
    for (CompletableFuture<String> waiter : waiters) assertEquals("A4", waiter.join());
    assertEquals(1, server.calls);
    assertFalse(source.isExpired());
  }

  @Test
  void expiredToken_allWaitersShareTheFailure() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(61));
    server.always = Fault.UNAVAILABLE;
    CompletableFuture<String> one = source.tokenAsync();
    CompletableFuture<String> two = source.tokenAsync();
    time.run();
    TokenException first = (TokenException) assertThrows(CompletionException.class, one::join).getCause();
    TokenException second = (TokenException) assertThrows(CompletionException.class, two::join).getCause();
    assertEquals(1, server.calls);
    assertEquals(Reason.TRANSIENT, first.reason());
    assertNotEquals(first, second, "each caller gets an exception of its own");
    assertSame(first.getCause(), second.getCause());
  }

  @Test
  void abandonedWait_neitherCancelsNorRepeatsTheRefresh() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(61));
    source.tokenAsync().cancel(true);
    CompletableFuture<String> other = source.tokenAsync();
    time.run();
    assertEquals("A4", other.join());
    assertEquals(1, server.calls);
  }

  @Test
  void waitTimeout_failsTheCallerAndNotTheRefresh() throws Exception {
    server.grace = Duration.ofSeconds(60);
    TokenSource source = start(builder(server.signIn()).background(false)
        .reuseGrace(server.grace).waitTimeout(Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(61));
    for (int i = 0; i < 6; i++) server.faults.add(Fault.LOST_AFTER_COMMIT);
    TokenException timeout = failure(source);
    assertEquals(Reason.TIMEOUT, timeout.reason());
    assertTrue(timeout.getMessage().contains("waitTimeout"), timeout.getMessage());
    time.advance(Duration.ofSeconds(30));
    assertEquals("A4", source.token());
    assertEquals(1, server.commits);
  }

  // --- the timer

  @Test
  void background_refreshesAheadWithoutTraffic_onceALifetime() throws Exception {
    startSignedIn();
    time.advance(Duration.ofMinutes(50));
    // A lifetime of 60 s less the margin of 10 s.
    assertEquals(60, server.commits, 1);
    assertEquals(server.calls, server.commits);
  }

  @Test
  void onDemand_neverRefreshesWithoutTraffic() throws Exception {
    start(builder(server.signIn()).background(false));
    time.advance(Duration.ofHours(5));
    assertEquals(0, server.calls);
  }

  @Test
  void refreshMarginZero_refreshesOnlyWhenExpired() throws Exception {
    TokenSource source = start(builder(server.signIn()).refreshMargin(Duration.ZERO));
    time.advance(Duration.ofSeconds(57));
    assertEquals("A2", token(source));
    assertEquals(0, server.calls);
    time.advance(Duration.ofSeconds(2));
    assertEquals("A4", token(source));
  }

  @Test
  void jitter_refreshesEarlierByUpToAFifthOfTheMargin() throws Exception {
    dice = 0.9999;
    startSignedIn();
    time.advance(Duration.ofMillis(47_900));
    assertEquals(0, server.calls);
    time.advance(Duration.ofMillis(200));
    assertEquals(1, server.calls);
  }

  @Test
  void expiryInTheYear2055_neitherOverflowsNorRefreshes() throws Exception {
    server.lifetime = Duration.ofDays(29 * 365);
    TokenSource source = startSignedIn();
    time.advance(Duration.ofDays(365));
    assertEquals("A2", source.token());
    assertEquals(0, server.calls);
  }

  @Test
  void wrongWallClock_doesNotMatterForReceivedTokens() throws Exception {
    TokenSource source = startSignedIn();
    time.shiftWallClock(Duration.ofHours(-7));
    time.advance(Duration.ofMinutes(5));
    time.shiftWallClock(Duration.ofHours(20));
    time.advance(Duration.ofMinutes(5));
    assertTrue(server.accepts(source.token()));
    assertEquals(12, server.commits, 1);
  }

  // --- failures

  @Test
  void outage_validTokenIsServedToItsVeryEnd_andEndpointIsLeftAlone() throws Exception {
    server.lifetime = Duration.ofMinutes(30);
    TokenSource source = start(builder(server.signIn()).refreshMargin(Duration.ofMinutes(10)));
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofMinutes(20));
    int before = server.calls;
    for (int i = 0; i < 599; i++) {
      assertEquals("A2", source.token());
      time.advance(Duration.ofSeconds(1));
    }
    assertTrue(server.calls - before < 20, "calls during ten minutes of outage: " + (server.calls - before));
    time.advance(Duration.ofSeconds(2));
    TokenException failure = failure(source);
    assertEquals(Reason.TRANSIENT, failure.reason());
    assertTrue(failure.nextTry().isAfter(Instant.ofEpochMilli(time.currentTimeMillis())), "next try is told");
  }

  @Test
  void outageOver_refreshResumesWithoutTraffic() throws Exception {
    TokenSource source = startSignedIn();
    server.always = Fault.NOT_SENT;
    time.advance(Duration.ofMinutes(20));
    assertTrue(source.isExpired());
    server.always = Fault.NONE;
    time.advance(Duration.ofSeconds(10));
    assertEquals(1, server.commits, "within ten seconds, as no token is held");
    assertFalse(source.isExpired());
  }

  @Test
  void backOffWithoutToken_failsAtOnceWithCauseAndNextTry() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(61));
    server.always = Fault.UNAVAILABLE;
    failure(source);
    for (int i = 0; i < 100; i++) {
      CompletableFuture<String> refused = source.tokenAsync();
      assertTrue(refused.isCompletedExceptionally(), "no wait");
    }
    assertThrows(TokenException.class, source::token);
    time.run();
    assertEquals(1, server.calls);
  }

  @Test
  void backOff_doublesTo60SecondsAnd10WithoutToken() throws Exception {
    server.lifetime = Duration.ofHours(2);
    start(builder(server.signIn()).refreshMargin(Duration.ofHours(1)));
    server.always = Fault.UNAVAILABLE;
    time.advance(Duration.ofHours(1));
    time.advance(Duration.ofMinutes(5));
    // At 0, 1, 3, 7, 15, 31, 63 s and every 60 s from 91 s on: 123, 183, 243 and 303.
    assertEquals(10, server.calls, 1);
    time.advance(Duration.ofMinutes(55));
    int before = server.calls;
    time.advance(Duration.ofMinutes(10));
    assertEquals(60, server.calls - before, 2);
  }

  @Test
  void retryAfter_isObeyed_andCappedAtAnHour() throws Exception {
    startSignedIn();
    server.always = Fault.UNAVAILABLE;
    server.retryAfter = Duration.ofMinutes(7);
    time.advance(Duration.ofSeconds(51));
    assertEquals(1, server.calls);
    time.advance(Duration.ofMinutes(6));
    assertEquals(1, server.calls);
    server.retryAfter = Duration.ofDays(3);
    time.advance(Duration.ofMinutes(1));
    assertEquals(2, server.calls);
    time.advance(Duration.ofMinutes(59));
    assertEquals(2, server.calls);
    time.advance(Duration.ofMinutes(2));
    assertEquals(3, server.calls);
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = {"CONFIGURATION", "NEEDS_USER"})
  void answersThatNeedAPerson_keepTheTokensAndPauseLong(Fault fault) throws Exception {
    TokenSource source = startSignedIn();
    server.always = fault;
    time.advance(Duration.ofMinutes(3));
    assertTrue(server.calls <= 3, "calls in two minutes: " + server.calls);
    assertEquals(TokenRecord.Phase.IDLE, store.read("test").record().phase());
    assertEquals("R1", store.read("test").record().refreshToken());
    server.always = Fault.NONE;
    time.advance(Duration.ofMinutes(5));
    assertFalse(source.isExpired());
  }

  @Test
  void rejectedRefreshToken_isDead_liveTokenIsServedOn() throws Exception {
    TokenSource source = startSignedIn();
    server.revoked = true;
    time.advance(Duration.ofSeconds(51));
    assertEquals(1, server.calls);
    assertEquals("A2", source.token());
    assertEquals(TokenRecord.Phase.DEAD, store.read("test").record().phase());
    assertEquals("A2", store.read("test").record().accessToken(), "nothing is deleted");
    time.advance(Duration.ofMinutes(10));
    assertEquals(Reason.REJECTED, failure(source).reason());
    assertEquals(1, server.calls, "a dead token is never presented again");
  }

  @Test
  void deadFamily_comesBackWhenThePersonBringsNewTokens() throws Exception {
    TokenSource source = startSignedIn();
    server.revoked = true;
    time.advance(Duration.ofMinutes(10));
    server.revoked = false;
    client.storeTokens(null, server.signIn());
    assertTrue(server.accepts(source.token()));
    time.advance(Duration.ofMinutes(10));
    assertTrue(server.accepts(source.token()));
  }

  // --- 401

  @Test
  void invalidate_refreshesOnce_andOlderReportsChangeNothing() throws Exception {
    TokenSource source = startSignedIn();
    assertTrue(source.invalidate("A2"));
    assertFalse(source.isExpired(), "a suspect is not withheld");
    assertTrue(source.invalidate("A2"), "a second report joins the first");
    assertEquals("A4", token(source));
    assertTrue(source.invalidate("A2"), "a newer token can be had");
    assertEquals("A4", source.token());
    assertEquals(1, server.calls);
  }

  @Test
  void apiThatRejectsEveryToken_doesNotCauseARefreshForEachCall() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    for (int i = 0; i < 600; i++) {
      String token = token(source);
      if (source.invalidate(token)) token(source);
      time.advance(Duration.ofMillis(100));
    }
    assertTrue(server.calls <= 8, "refreshes in a minute: " + server.calls);
  }

  @Test
  void rejectionOfTheOldTokens_doesNotSlowDownThatOfStoredOnes() throws Exception {
    TokenSource source = startSignedIn();
    assertTrue(source.invalidate("A2"));
    TokenSet anew = server.signIn();
    client.storeTokens(null, anew);
    assertTrue(source.invalidate(anew.accessToken()));
    assertNotEquals(anew.accessToken(), token(source));
  }

  @Test
  void rejectedToken_isServedToItsEndWhenTheRefreshFails() throws Exception {
    TokenSource source = startSignedIn();
    source.invalidate("A2");
    server.always = Fault.UNAVAILABLE;
    time.run();
    assertEquals("A2", token(source));
    time.advance(Duration.ofSeconds(59));
    assertEquals("A2", token(source), "beyond the expiration margin");
    time.advance(Duration.ofSeconds(2));
    assertEquals(Reason.TRANSIENT, failure(source).reason());
  }

  // --- odd servers

  @Test
  void expiredTokenFromServer_isUsedUntilRejected_withoutALoop() throws Exception {
    server.tellLifetime = Duration.ofSeconds(-30);
    TokenSource source = start(builder(TokenSet.of(null, server.signIn().refreshToken())));
    assertEquals("A4", token(source));
    time.advance(Duration.ofMinutes(4));
    assertEquals("A4", source.token());
    assertTrue(server.calls <= 10, "calls: " + server.calls);
  }

  @Test
  void sameAccessTokenWithNoLifeLeft_backsOff() throws Exception {
    server.fixedAccessToken = "A0";
    server.tellLifetime = Duration.ofSeconds(60);
    start(builder(server.signIn()));
    server.tellLifetime = Duration.ZERO;
    time.advance(Duration.ofSeconds(120));
    assertTrue(server.calls <= 12, "calls: " + server.calls);
  }

  @Test
  void tokenWithoutExpiry_isUsedForFiveMinutes_andIsExpiredWhenLoaded() throws Exception {
    ModelServer plain = server;
    TokenSet first = TokenSet.of("opaque", plain.signIn().refreshToken());
    TokenSource source = start(RefreshCoordinator.builder("test", current ->
            TokenSet.of("opaque2", null)).store(store).firstTokens(first).background(false)
        .time(time, node, () -> 0));
    assertTrue(source.isExpired(), "nobody knows how old a configured opaque token is");
    assertEquals("opaque2", token(source));
    time.advance(Duration.ofMinutes(4));
    assertFalse(source.isExpired());
    time.advance(Duration.ofMinutes(1));
    assertTrue(source.isExpired());
  }

  @Test
  void omittedRefreshToken_keepsTheOld() throws Exception {
    server.omitRefreshToken = true;
    startSignedIn();
    time.advance(Duration.ofMinutes(5));
    assertTrue(server.commits > 3);
    assertEquals("R1", store.read("test").record().refreshToken());
  }

  @Test
  void rotatedWithoutUsableAccessToken_theNewRefreshTokenIsSaved() throws Exception {
    server.grace = Duration.ofSeconds(1);
    TokenRefresher distrustful = current -> {
      TokenSet received = server.refresher(Duration.ofSeconds(1)).refresh(current);
      if (server.commits > 1) return received;
      throw new TokenException(Reason.TRANSIENT, "no key to verify it").withRotatedRefreshToken(received.refreshToken());
    };
    TokenSet first = server.signIn();
    client = RefreshCoordinator.builder("test", distrustful).store(store).background(false)
        .firstTokens(TokenSet.of(null, first.refreshToken())).time(time, node, () -> 0).build();
    client.start();
    TokenException failure = failure(client.application());
    assertEquals("no key to verify it", failure.getCause().getMessage());
    assertNull(((TokenException) failure.getCause()).rotatedRefreshToken(), "what callers get holds no token");
    assertEquals("R3", store.read("test").record().refreshToken());
    time.advance(Duration.ofSeconds(5));
    assertTrue(server.accepts(token(client.application())));
    assertFalse(server.revoked);
  }

  @Test
  void absurdExpiryClaim_countsAsUnknown() {
    String header = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes());
    String claims = Base64.getUrlEncoder().withoutPadding()
        .encodeToString(("{\"exp\":" + Long.MAX_VALUE + ",\"iat\":1}").getBytes());
    assertNull(JwtClaims.of(header + "." + claims + ".").expiresAt());
    assertNull(JwtClaims.of(header + "." + claims + ".").lifetime());
  }

  // --- lost replies

  @Test
  void lostReply_insideTheGrace_isReplayedAndRecovered() throws Exception {
    server.grace = Duration.ofSeconds(10);
    TokenSource source = start(builder(server.signIn()).reuseGrace(Duration.ofSeconds(10)));
    for (int i = 0; i < 4; i++) server.faults.add(Fault.LOST_AFTER_COMMIT);
    time.advance(Duration.ofSeconds(60));
    assertTrue(server.accepts(token(source)));
    assertFalse(server.revoked);
    assertEquals(1, server.commits);
  }

  @Test
  void lostReply_withoutGrace_waitsForTheTokensEnd_andRecoversWhatWasNotCommitted() throws Exception {
    TokenSource source = start(builder(server.signIn()).reuseGrace(Duration.ZERO));
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    time.advance(Duration.ofMillis(57_900));
    assertEquals(1, server.calls);
    assertEquals("A2", source.token());
    time.advance(Duration.ofMillis(200));
    assertEquals(2, server.calls);
    assertTrue(server.accepts(token(source)));
  }

  @Test
  void lostReply_unknownGrace_isReplayedPromptlyOnce() throws Exception {
    TokenSource source = startSignedIn();
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    time.advance(Duration.ofSeconds(52));
    assertEquals(2, server.calls);
    assertEquals("A4", source.token());
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    time.advance(Duration.ofSeconds(54));
    assertEquals(4, server.calls, "no third presentation while the token lives");
    time.advance(Duration.ofSeconds(6));
    assertTrue(server.accepts(token(source)));
  }

  @Test
  void restartAfterALostReply_replaysInsteadOfStartingOver() throws Exception {
    server.grace = Duration.ofSeconds(30);
    start(builder(server.signIn()).reuseGrace(Duration.ofSeconds(30)));
    server.always = Fault.LOST_AFTER_COMMIT;
    time.advance(Duration.ofSeconds(51));
    assertEquals(TokenRecord.Phase.IN_FLIGHT, store.read("test").record().phase());
    node.kill();
    server.always = Fault.NONE;
    RefreshCoordinator restarted = builder(null).reuseGrace(Duration.ofSeconds(30)).time(time, time.node(), () -> 0).build();
    restarted.start();
    time.advance(Duration.ofSeconds(14));
    assertTrue(server.accepts(token(restarted.application())));
    assertFalse(server.revoked);
    assertEquals(1, server.commits);
    restarted.close();
  }

  // --- store tokens, clear tokens, first pairs

  @Test
  void clearedTokens_areGone_andALateRefreshDoesNotBringThemBack() throws Exception {
    TokenSource source = start(builder(server.signIn()).background(false));
    time.advance(Duration.ofSeconds(61));
    CompletableFuture<String> waiting = source.tokenAsync();
    client.clearTokens(null);
    time.run();
    assertTrue(waiting.isCompletedExceptionally());
    assertEquals(Reason.NO_TOKENS, failure(source).reason());
    assertTrue(store.read("test").record().isCleared());
  }

  @Test
  void newFirstPair_replacesTheStoredFamily_andTheSamePairDoesNot() throws Exception {
    TokenSet first = server.signIn();
    start(builder(first));
    time.advance(Duration.ofSeconds(51));
    client.close();
    RefreshCoordinator again = builder(first).time(time, time.node(), () -> 0).build();
    again.start();
    assertEquals("A4", again.application().token(), "the rotated pair, not the configured one");
    again.close();
    TokenSet second = server.signIn();
    RefreshCoordinator anew = builder(second).time(time, time.node(), () -> 0).build();
    anew.start();
    assertEquals(second.accessToken(), anew.application().token());
    anew.close();
  }

  @Test
  void newFirstPair_isNotShadowedByADeadFamily() throws Exception {
    start(builder(server.signIn()));
    server.revoked = true;
    time.advance(Duration.ofMinutes(2));
    assertEquals(TokenRecord.Phase.DEAD, store.read("test").record().phase());
    client.close();
    server.revoked = false;
    RefreshCoordinator anew = builder(server.signIn()).time(time, time.node(), () -> 0).build();
    anew.start();
    assertTrue(server.accepts(anew.application().token()));
    anew.close();
  }

  @Test
  void noTokensAtAll_failsAtStart() {
    client = builder(null).build();
    assertEquals(Reason.NO_TOKENS, assertThrows(TokenException.class, client::start).reason());
  }

  @Test
  void storingASpentPair_keepsItsSuccessor() throws Exception {
    TokenSet first = server.signIn();
    TokenSource source = start(builder(first));
    time.advance(Duration.ofSeconds(51));
    assertEquals("A4", source.token());
    client.storeTokens(null, first);
    assertEquals("A4", token(source));
    time.advance(Duration.ofMinutes(2));
    assertFalse(server.revoked, "the spent token was not presented");
  }

  @Test
  void identities_areSeparateFamilies() throws Exception {
    ModelServer other = server;
    client = builder(null).background(false).build();
    client.storeTokens("alice", other.signIn());
    client.storeTokens("bob", TokenSet.of("B1", "RB").expiresIn(Duration.ofMinutes(1)));
    assertEquals("A2", client.source("alice").token());
    assertEquals("B1", client.source("bob").token());
    client.clearTokens("alice");
    assertEquals(Reason.NO_TOKENS, failure(client.source("alice")).reason());
    assertEquals("B1", client.source("bob").token());
  }

  // --- closing

  @Test
  void close_failsWhoeverWaits() throws Exception {
    server.grace = Duration.ofMinutes(5);
    TokenSource source = start(builder(server.signIn()).background(false).reuseGrace(server.grace));
    time.advance(Duration.ofSeconds(61));
    server.always = Fault.LOST_BEFORE_COMMIT;
    CompletableFuture<String> waiting = source.tokenAsync();
    time.run();
    assertFalse(waiting.isDone());
    client.close();
    TokenException closed = (TokenException) assertThrows(CompletionException.class, waiting::join).getCause();
    assertEquals(Reason.CLOSED, closed.reason());
  }
}
