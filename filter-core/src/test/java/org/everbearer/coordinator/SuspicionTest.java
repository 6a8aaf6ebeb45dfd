package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.everbearer.AccessToken;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rejection by a resource server is a suspicion: it may be right, and it may be one path that rejects everybody. */
class SuspicionTest {
  private final OneNode one = new OneNode();
  private final VirtualTime time = one.time;
  private final ModelServer server = one.server;

  @AfterEach
  void close() {
    one.close();
  }

  /** One path rejects every token, ten times a second; a good path is called between, and must always get its token. */
  private void rejectEverythingFor(int seconds, TokenSource source) {
    for (int i = 0; i < 10 * seconds; i++) {
      String token = one.token(source);
      assertTrue(server.accepts(token) || token.equals("STATIC"), "a good call gets " + token + " in round " + i);
      source.accepted(source.accessTokenNow());
      CompletableFuture<AccessToken> other = source.replacementFor(token);
      time.run();
      assertFalse(other.isCompletedExceptionally(), "the caller gets a failure and not the API's 401");
      time.advance(Duration.ofMillis(100));
    }
  }

  @Test
  void pathThatRejectsEverybody_fixedToken_neverHarmsTheOthers() throws Exception {
    int[] asked = new int[1];
    TokenRefresher fixed = new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) {
        asked[0]++;
        return TokenSet.of("STATIC", null).expiresIn(Duration.ofDays(1));
      }

      @Override
      public boolean spendsRefreshToken() {
        return false;
      }
    };
    rejectEverythingFor(30, one.start(one.builder(fixed).firstTokens(
        TokenSet.of("STATIC", null).expiresIn(Duration.ofDays(1)))));
    assertTrue(asked[0] <= 7, "the pauses grow; asked: " + asked[0]);
  }

  @Test
  void pathThatRejectsEverybody_sameTokenUntilItEnds_neverHarmsTheOthers() throws Exception {
    server.lifetime = Duration.ofHours(1);
    server.fixedAccessToken = "SAME";
    server.omitRefreshToken = true;
    rejectEverythingFor(30, one.startSignedIn());
    assertTrue(server.calls <= 7, "the pauses grow; asked: " + server.calls);
  }

  @Test
  void pathThatRejectsEverybody_endpointDown_neverHarmsTheOthers() throws Exception {
    server.lifetime = Duration.ofHours(1);
    TokenSource source = one.startSignedIn();
    server.always = Fault.UNAVAILABLE;
    rejectEverythingFor(30, source);
    assertTrue(server.calls <= 7, "the pauses grow; asked: " + server.calls);
  }

  @Test
  void pathThatRejectsEverybody_endpointThatDoesNotAnswer_delaysTheOthersByASecondAtMost() throws Exception {
    server.lifetime = Duration.ofHours(1);
    TokenSource source = one.startSignedIn();
    source.invalidate("A2");
    // Nothing runs: the refresh is on its way for as long as the test likes.
    CompletableFuture<String> caller = source.tokenAsync();
    assertFalse(caller.isDone(), "most refreshes are fast");
    one.node.pause();
    time.advance(Duration.ofMillis(999));
    assertNull(source.accessTokenNow());
    time.advance(Duration.ofMillis(2));
    assertEquals("A2", source.accessTokenNow().value());
    assertEquals("A2", source.token());
    one.node.goOn();
    time.run();
  }

  @Test
  void revokedFiftyTimesInARow_acceptedBefore_replacedEachTimeAtOnce() throws Exception {
    TokenSource source = one.startSignedIn();
    for (int i = 0; i < 50; i++) {
      AccessToken revoked = source.accessTokenNow();
      source.accepted(revoked);
      CompletableFuture<AccessToken> next = source.replacementFor(revoked.value());
      time.run();
      assertTrue(next.isDone(), "round " + i);
      assertNotEquals(revoked.value(), next.join().value(), "round " + i);
    }
    assertEquals(50, server.calls);
  }

  /** Accepted by one path, rejected by another, for ever: no limit of the token endpoint may stand that. */
  @Test
  void pathThatRejectsEverybody_besideOneThatAcceptsEachNewToken_costsATokenEachTenSecondsInTheEnd() throws Exception {
    server.lifetime = Duration.ofHours(1);
    TokenSource source = one.startSignedIn();
    rejectEverythingFor(120, source);
    int atFirst = server.calls;
    assertTrue(atFirst >= 200, "revocations in a row are replaced at once; asked: " + atFirst);
    rejectEverythingFor(60, source);
    assertTrue(server.calls - atFirst <= 7, "asked in the next minute: " + (server.calls - atFirst));
    one.seconds(2000);
    rejectEverythingFor(10, source);
    assertTrue(server.calls - atFirst > 90, "a quiet half hour is made good again");
  }

  @Test
  void rejectsNewTokensToo_tellsTheServersWordsWithoutTheToken() throws Exception {
    String jwt = "eyJhbGciOiJub25lIn0." + Base64.getUrlEncoder().withoutPadding().encodeToString(
        "{\"aud\":\"https://one.example.com\",\"exp\":4000000000}".getBytes(StandardCharsets.UTF_8)) + ".";
    TokenSource source = one.startSignedIn();
    source.invalidate("A2", "Bearer realm=\"first\"");
    server.fixedAccessToken = jwt;
    one.seconds(5);
    assertEquals(jwt, one.token(source));
    source.invalidate(jwt, "Bearer error_description=\"wrong audience\n in " + jwt + "\"");
    List<String> why = one.told().stream().filter(e -> e.type() == TokenEvent.Type.INVALIDATED)
        .map(TokenEvent::detail).collect(Collectors.toList());
    assertEquals(Arrays.asList(null, "It says: Bearer error_description=\"wrong audience  in [redacted]\". The token says:"
        + " audience https://one.example.com, issuer null, scope null"), why);
  }

  @Test
  void neverAccepted_pausesGrow() throws Exception {
    TokenSource source = one.start(one.builder().firstTokens(server.signIn()));
    for (int i = 0; i < 100; i++) {
      source.invalidate(one.token(source));
      time.run();
    }
    assertEquals(1, server.calls, "a token that never worked is replaced once at once");
    one.seconds(1);
    source.invalidate(one.token(source));
    time.run();
    assertEquals(2, server.calls, "and again after a second");
  }

  @Test
  void suspectThatIsAcceptedAfterAll_isFreshAgain() throws Exception {
    TokenSource source = one.startSignedIn();
    server.always = Fault.UNAVAILABLE;
    source.invalidate("A2");
    time.run();
    int calls = server.calls;
    AccessToken suspect = source.accessTokenNow();
    assertFalse(suspect.isAccepted(), "it is worth telling again");
    source.accepted(suspect);
    one.seconds(30);
    assertEquals("A2", source.token());
    time.run();
    assertEquals(calls, server.calls, "a token that works is refreshed in its margin and not before");
  }

  @Test
  void acceptedAgainAfterTwoRejections_theNextRejectionCountsAsTheFirst() throws Exception {
    TokenSource source = one.startSignedIn();
    source.invalidate("A2");
    time.run();
    source.invalidate("A4");
    time.run();
    assertEquals(1, server.calls);
    source.accepted(source.accessTokenNow());
    assertTrue(source.invalidate("A4"));
    time.run();
    assertEquals(2, server.calls, "it has worked, so it was probably revoked");
  }

  @Test
  void sameTokenUntilItEnds_isNoFailure_andAskedAgainAtItsEnd() throws Exception {
    server.fixedAccessToken = "SAME";
    server.omitRefreshToken = true;
    TokenSource source = one.start(one.builder().background(true).firstTokens(server.signIn()));
    long end = time.nanoTime() + Duration.ofSeconds(60).toNanos();
    // The server counts down: it hands out what is left of the one token.
    while (end - time.nanoTime() > 0) {
      boolean inTheMargin = end - time.nanoTime() <= Duration.ofSeconds(10).toNanos();
      assertEquals(inTheMargin ? 1 : 0, server.calls, "in the margin, once");
      server.lifetime = Duration.ofNanos(end - time.nanoTime());
      assertEquals("SAME", source.token(), "no gap");
      if (server.calls == 1) server.fixedAccessToken = "NEXT";
      if (server.calls == 1) server.lifetime = Duration.ofSeconds(60);
      time.advance(Duration.ofMillis(100));
    }
    time.advance(Duration.ofMillis(100));
    assertEquals(2, server.calls, "and again at the end, at once");
    assertEquals("NEXT", source.token());
    assertEquals(0, one.told(TokenEvent.Type.FAILED));
  }

  @Test
  void unansweredRefresh_thenA401_endsThePauseThatReliedOnTheToken() throws Exception {
    server.lifetime = Duration.ofHours(8);
    TokenSource source = one.start(one.builder().reuseGrace(Duration.ZERO).firstTokens(server.signIn()));
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    client().refreshNow(null);
    time.run();
    assertEquals(1, server.calls);
    one.seconds(20);
    CompletableFuture<AccessToken> other = source.replacementFor("A2");
    time.run();
    assertEquals(2, server.calls, "there is nothing left to lose by presenting it again");
    assertTrue(server.accepts(other.join().value()));
  }

  @Test
  void suspectWhoseRefreshTokenIsDead_isNoToken() throws Exception {
    server.lifetime = Duration.ofHours(1);
    TokenSource source = one.startSignedIn();
    server.revoked = true;
    CompletableFuture<AccessToken> other = source.replacementFor("A2");
    time.run();
    assertTrue(other.isCompletedExceptionally(), "sign in again");
    assertEquals("REJECTED", one.token(source));
    assertEquals(1, server.calls);
  }

  private RefreshCoordinator client() {
    return one.client;
  }
}
