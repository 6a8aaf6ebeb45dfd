package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile readers have broken once: unkind stores, clocks, servers and people. */
@Timeout(60)
class UnkindnessTest {
  private final OneNode one = new OneNode();

  @AfterEach
  void close() {
    one.close();
  }

  /** The server has rotated, the save failed, and somebody hands the old pair over again (as a session filter does). */
  @Test
  void oldPairHandedOverWhileSuccessorIsUnsaved() throws Exception {
    TokenSet first = one.server.signIn();
    TokenSource source = one.start(one.builder().firstTokens(first));
    one.seconds(59);
    one.beforeAnswer = () -> one.store.failWrites = true;
    String token = one.token(source);
    one.beforeAnswer = () -> {};
    one.store.failWrites = false;
    one.client.storeTokens(null, first.expiresIn(Duration.ofSeconds(1)));
    one.seconds(120);
    String next = one.token(source);
    assertFalse(one.server.revoked, "a spent refresh token was presented");
  }

  /** The clock of the database steps forward while a reply is lost; this process itself knows when it presented. */
  @Test
  void clockStepWhileReplyIsLost() throws Exception {
    one.server.grace = Duration.ofSeconds(30);
    one.server.lifetime = Duration.ofSeconds(300);
    TokenSource source = one.start(one.builder().firstTokens(one.server.signIn()).reuseGrace(Duration.ofSeconds(30)));
    one.seconds(292);
    one.server.faults.add(ModelServer.Fault.LOST_AFTER_COMMIT);
    one.beforeAnswer = () -> {
      one.time.shiftWallClock(Duration.ofHours(1));
      one.beforeAnswer = () -> {};
    };
    one.token(source);
    for (int i = 0; i < 60; i++) {
      one.seconds(1);
      one.token(source);
    }
    assertFalse(one.server.revoked, "replayed outside the grace, though there was time inside it");
  }

  /** The same with a refresh token whose access token lives long. */
  @Test
  void clockStepWhileReplyIsLostWithLongLife() throws Exception {
    one.server.grace = Duration.ofSeconds(30);
    one.server.lifetime = Duration.ofSeconds(3600);
    TokenSource source = one.start(one.builder().firstTokens(one.server.signIn()).refreshMargin(Duration.ofMinutes(5))
        .reuseGrace(Duration.ofSeconds(30)));
    one.seconds(3600 - 280);
    one.server.faults.add(ModelServer.Fault.LOST_AFTER_COMMIT);
    one.beforeAnswer = () -> {
      one.time.shiftWallClock(Duration.ofMinutes(1));
      one.beforeAnswer = () -> {};
    };
    one.token(source);
    for (int i = 0; i < 300; i++) {
      one.seconds(1);
      one.token(source);
    }
    assertFalse(one.server.revoked, "replayed outside the grace, though there was time inside it");
  }

  /** A token that has leaked is given up; another node's lease has the same token in its record. */
  @Test
  void givenUpTokenComesBack() throws Exception {
    TokenSource source = one.startSignedIn();
    String leaked = one.token(source);
    one.client.giveUpToken();
    // Another node begins to refresh: the record as it writes it.
    TokenRecord stored = one.store.stored("test");
    one.store.compareAndSet("test", stored.generation(), stored.toBuilder().generation(stored.generation() + 1)
        .phase(TokenRecord.Phase.IN_FLIGHT, stored.refreshHash())
        .lease("other/1", one.time.currentTimeMillis() + 12_000, 12_000).sent(one.time.currentTimeMillis(), 1).build());
    CompletableFuture<String> next = source.tokenAsync();
    one.time.run();
    one.seconds(1);
    assertFalse(next.isDone() && leaked.equals(next.join()), "the leaked token is served again");
  }

  /** The protocol is changed to one that spends nothing; the row still says that the old refresh token is dead. */
  @Test
  void protocolChangesAfterDeath() throws Exception {
    TokenSource source = one.startSignedIn();
    one.server.revoked = true;
    one.seconds(70);
    assertEquals("REJECTED", one.token(source));
    one.client.close();
    TokenSource next = one.start(one.builder(grant()));
    String got = one.token(next);
    one.seconds(600);
    assertEquals("granted2", one.token(next), "client credentials are asked for as ever");
    assertEquals("granted1", got);
  }

  /** An exception that cannot be told of, at the save. */
  @Test
  void storeFailureWithoutWords() throws Exception {
    String served = unspeakable(() -> {
      throw new IOException() {
        @Override
        public String getMessage() {
          throw new IllegalStateException("no words");
        }
      };
    });
    assertEquals("A4", served);
  }

  @Test
  void storeFailureWithoutString() throws Exception {
    String served = unspeakable(() -> {
      throw new IllegalStateException() {
        @Override
        public String toString() {
          throw new IllegalStateException("no string");
        }
      };
    });
    assertEquals("A4", served);
  }

  private static TokenRefresher grant() {
    AtomicInteger asked = new AtomicInteger();
    return new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) {
        return TokenSet.of("granted" + asked.incrementAndGet(), null).expiresIn(Duration.ofSeconds(60));
      }

      @Override
      public boolean spendsRefreshToken() {
        return false;
      }
    };
  }

  private interface Fail {
    void now() throws IOException;
  }

  private String unspeakable(Fail fail) throws Exception {
    boolean[] failing = {false};
    TokenStore wrapped = new TokenStore() {
      @Override
      public Snapshot read(String key) throws IOException {
        return one.store.read(key);
      }

      @Override
      public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
        if (failing[0]) fail.now();
        return one.store.compareAndSet(key, expected, next);
      }
    };
    TokenSource source = one.start(one.builder().store(wrapped).firstTokens(one.server.signIn()));
    one.seconds(59);
    one.beforeAnswer = () -> failing[0] = true;
    one.token(source);
    failing[0] = false;
    one.beforeAnswer = () -> {};
    one.seconds(5);
    assertEquals(1, one.server.calls);
    assertEquals(Phase.IDLE, one.store.stored("test").phase(), "saved later");
    return one.token(source);
  }

  /** However long the grace: callers are told after a while, and the client works again as soon as the server does. */
  @ParameterizedTest
  @ValueSource(longs = {300, 3600})
  void longGraceAndAGatewayThatDoesNotAnswer(long grace) throws Exception {
    one.server.grace = Duration.ofSeconds(grace);
    TokenSource source =
        one.start(one.builder().firstTokens(one.server.signIn()).reuseGrace(Duration.ofSeconds(grace)));
    one.seconds(61);
    one.server.always = ModelServer.Fault.LOST_BEFORE_COMMIT;
    int atOnce = 0;
    for (int i = 0; i < 200; i++) {
      CompletableFuture<String> call = source.tokenAsync();
      one.time.run();
      if (call.isDone()) atOnce++;
      one.seconds(1);
    }
    assertTrue(atOnce > 100, "told at once that there is none, and when the next try is: " + atOnce + " of 200");
    one.server.always = ModelServer.Fault.NONE;
    CompletableFuture<?> now = one.client.refreshNow(null);
    one.seconds(2);
    assertTrue(now.isDone(), "the server is back");
    assertTrue(one.server.accepts(one.token(source)));
  }

  /** With nobody asking, and no background refresh, a lost pair is fetched again inside the grace all the same. */
  @Test
  void graceIsUsedWithoutTraffic() throws Exception {
    one.server.grace = Duration.ofSeconds(30);
    TokenSource source =
        one.start(one.builder().firstTokens(one.server.signIn()).reuseGrace(Duration.ofSeconds(30)));
    one.seconds(61);
    for (int i = 0; i < 8; i++) one.server.faults.add(ModelServer.Fault.LOST_AFTER_COMMIT);
    source.tokenAsync();
    one.seconds(600);
    one.token(source);
    assertFalse(one.server.revoked, "a spent refresh token was presented");
    assertTrue(one.server.graceReplays >= 8, "replays: " + one.server.graceReplays);
  }

  /** A refresh of a token that seems good, for instance a revoked one, was cut off by a crash. */
  @Test
  void crashInARefreshOfAFreshToken_isMadeGoodInsideTheGrace() throws Exception {
    one.server.grace = Duration.ofSeconds(30);
    one.server.lifetime = Duration.ofHours(1);
    one.start(one.builder().reuseGrace(one.server.grace).firstTokens(one.server.signIn()));
    one.server.faults.add(ModelServer.Fault.LOST_AFTER_COMMIT);
    one.beforeAnswer = () -> one.node.kill();
    one.client.refreshNow(null);
    one.time.run();
    assertEquals(Phase.IN_FLIGHT, one.store.stored("test").phase());
    one.beforeAnswer = () -> {};
    one.start(one.builder().reuseGrace(one.server.grace));
    one.seconds(20);
    assertEquals(Phase.IDLE, one.store.stored("test").phase());
    assertTrue(one.server.accepts(one.token(one.client.application())));
    one.seconds(3600);
    one.token(one.client.application());
    assertFalse(one.server.revoked);
  }

  /** A refresh that a person has asked for fails while the token is fresh: tried again, and no storm of the timer. */
  @Test
  void manualRefreshFailsWhileTheTokenIsFresh() throws Exception {
    one.server.lifetime = Duration.ofHours(1);
    one.start(one.builder().background(true).firstTokens(one.server.signIn()));
    one.server.always = ModelServer.Fault.UNAVAILABLE;
    one.client.refreshNow(null);
    one.seconds(120);
    assertTrue(one.server.calls >= 1 && one.server.calls < 20, "calls: " + one.server.calls);
  }

  /** A refresher that throws a TokenException without a reason. */
  @Test
  void noReason() throws Exception {
    int[] n = {0};
    TokenRefresher odd = current -> {
      if (n[0]++ == 0) throw new TokenException(null, "odd");
      return TokenSet.of("good", "R9").expiresIn(Duration.ofSeconds(60));
    };
    TokenSource source = one.start(one.builder(odd).firstTokens(TokenSet.of("a", "R1").expiresIn(Duration.ofSeconds(5))));
    one.seconds(6);
    one.token(source);
    one.seconds(15);
    assertEquals("good", one.token(source));
  }

  /** Signing in again while the old family's refresh pauses between replays. */
  @Test
  void signInDuringThePauseOfAReplay() throws Exception {
    one.server.grace = Duration.ofMinutes(5);
    TokenSource source = one.start(one.builder().firstTokens(one.server.signIn()).reuseGrace(Duration.ofMinutes(5)));
    one.seconds(61);
    one.server.always = ModelServer.Fault.LOST_BEFORE_COMMIT;
    source.tokenAsync();
    one.seconds(200);
    one.server.always = ModelServer.Fault.NONE;
    // A sign-in that hands over a refresh token, with an access token that is over.
    one.client.storeTokens(null, TokenSet.of("x", one.server.signIn().refreshToken()).expiresIn(Duration.ZERO));
    CompletableFuture<String> call = source.tokenAsync();
    int seconds = 0;
    while (!call.isDone() && seconds < 100) {
      one.seconds(1);
      seconds++;
    }
    String got = call.handle((t, f) -> t == null ? TokenException.in(f).reason().name() : t).join();
    assertTrue(seconds <= 2, "signed in, and the caller waits " + seconds + " s for the old family: " + got);
  }

  /** A driver's exception that quotes what it was to write. */
  @Test
  void storeQuotesTheRecord() throws Exception {
    boolean[] failing = {false};
    TokenStore quoting = new TokenStore() {
      @Override
      public Snapshot read(String key) throws IOException {
        return one.store.read(key);
      }

      @Override
      public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
        if (failing[0]) throw new IllegalStateException("cannot run SET " + key + " " + next.refreshToken());
        return one.store.compareAndSet(key, expected, next);
      }
    };
    TokenRefresher refresher = current -> {
      failing[0] = true;
      return TokenSet.of("access-2", "refresh-secret-2").expiresIn(Duration.ofSeconds(60));
    };
    TokenSource source = one.start(one.builder(refresher).store(quoting)
        .firstTokens(TokenSet.of("access-1", "refresh-secret-1").expiresIn(Duration.ofSeconds(5))));
    one.seconds(6);
    for (TokenEvent event : one.told()) {
      if (event.failure() == null) continue;
      assertFalse(event.failure().getMessage().contains("refresh-secret-2"), "a refresh token in an event, and so in the log");
    }
  }

  /** Claims of a token go into the log. */
  @Test
  void claimsInTheLog() throws Exception {
    int[] n = {0};
    TokenRefresher refresher = current -> {
      String claims = "{\"aud\":\"a\\n2026-11-25 ERROR forged line\",\"n\":" + n[0]++ + ",\"scope\":\"" + "s ".repeat(10_000) + "\"}";
      return TokenSet.of("eyJhbGciOiJub25lIn0." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes())
          + ".sig", "R" + n[0]).expiresIn(Duration.ofSeconds(600));
    };
    TokenSource source = one.start(one.builder(refresher).firstTokens(TokenSet.of("a1", "R0").expiresIn(Duration.ofSeconds(5))));
    one.seconds(6);
    for (int i = 0; i < 6; i++) {
      String token = one.token(source);
      source.invalidate(token, "Bearer error=\"invalid_token\"");
      one.seconds(70);
    }
    int longest = 0;
    boolean forged = false;
    for (TokenEvent event : one.told()) {
      if (event.detail() == null) continue;
      longest = Math.max(longest, event.detail().length());
      forged |= event.detail().contains("\n");
    }
    assertFalse(forged, "a claim forges a line of the log");
    assertTrue(longest < 2000, "a line of " + longest + " characters");
  }

  /** After death in one family: a number instead of a refresh token costs the next presentation. */
  @Test
  void givenUpAndRestored() throws Exception {
    TokenSource source = one.startSignedIn();
    String leaked = one.token(source);
    one.client.giveUpToken();
    one.server.always = ModelServer.Fault.UNAVAILABLE;
    String during = one.token(source);
    one.seconds(20);
    String later = one.token(source);
    assertFalse(later.equals(leaked) || during.equals(leaked));
  }

  /** What is left in memory of sessions that have ended. */
  @Test
  void releasedSessionsLeaveTimers() throws Exception {
    one.client = one.builder().maxIdentities(100).build();
    for (int i = 0; i < 20_000; i++) {
      one.client.storeTokens("s" + i, TokenSet.of("a" + i, "r" + i).expiresIn(Duration.ofDays(1)));
      one.client.releaseTokens("s" + i, Duration.ofMinutes(30));
    }
    int size = one.time.waiting();
    assertTrue(size <= 1000, size + " timers for a day, though maxIdentities is 100");
  }

  /** A store whose close never returns. */
  @Test
  void storeThatHangsInClose() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    TokenStore hanging = new TokenStore() {
      private final MemoryTokenStore memory = new MemoryTokenStore(Ticker.SYSTEM);

      @Override
      public Snapshot read(String key) {
        return memory.read(key);
      }

      @Override
      public boolean compareAndSet(String key, long expected, TokenRecord next) {
        return memory.compareAndSet(key, expected, next);
      }

      @Override
      public void close() {
        try {
          never.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
    TokenRefresher refresher = new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) {
        return TokenSet.of("b", "R2");
      }

      @Override
      public Duration attemptTimeout() {
        return Duration.ofMillis(100);
      }
    };
    RefreshCoordinator client = RefreshCoordinator.builder("hang", refresher).store(hanging)
        .firstTokens(TokenSet.of("a", "R1").expiresIn(Duration.ofHours(1))).build();
    client.start();
    Thread closing = new Thread(client::close);
    closing.setDaemon(true);
    closing.start();
    closing.join(20_000);
    boolean hangs = closing.isAlive();
    never.countDown();
    assertFalse(hangs, "undeploying hangs as long as the store does");
  }

  /** Client credentials need nobody to sign in. */
  @Test
  void clearedClientCredentials() throws Exception {
    TokenSource source = one.start(one.builder(grant()));
    String before = one.token(source);
    one.client.clearTokens(null);
    String after = one.token(source);
    one.client.close();
    String restarted = one.token(one.start(one.builder(grant())));
    one.seconds(3600);
    assertEquals(List.of("granted1", "granted2", "granted2"), List.of(before, after, restarted));
    assertEquals("granted1", one.token(one.client.application()), "the first of the next process");
  }

  /** Written by a hand, or by a store that lies: there is no next number. */
  @Test
  void lastGeneration_isDamageAndSaysWhatToDo() throws Exception {
    one.startSignedIn();
    TokenRecord stored = one.store.stored("test");
    one.store.compareAndSet("test", stored.generation(), stored.toBuilder().generation(Long.MAX_VALUE).build());
    TokenException e = assertThrows(TokenException.class, () -> one.client.storeTokens(null, one.server.signIn()));
    assertEquals(Reason.STORE, e.reason());
    assertTrue(e.getMessage().contains("damaged") && e.getMessage().contains("Remedy: "), e.getMessage());
  }

  @Test
  void callThatMayTakeNoTime_isRefused() {
    TokenRefresher refresher = new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) {
        return current;
      }

      @Override
      public Duration attemptTimeout() {
        return Duration.ofSeconds(-10);
      }
    };
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> RefreshCoordinator.builder("test", refresher).build());
    assertTrue(e.getMessage().contains("attemptTimeout"), e.getMessage());
  }
}
