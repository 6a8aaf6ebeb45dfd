package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.everbearer.AccessToken;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.coordinator.ModelServer.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two things go wrong at once: what comes late, or comes back, meets a family that is another one by now. */
class LateResultsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private final OneNode one = new OneNode();
  private final ModelServer server = one.server;
  private final VirtualTime time = one.time;

  @AfterEach
  void close() {
    one.close();
  }

  private void storeIsDown(boolean down) {
    one.store.failReads = down;
    one.store.failWrites = down;
  }

  private void whileTheAnswerIsAwaited(ModelCluster.Action action) {
    one.beforeAnswer = () -> {
      one.beforeAnswer = () -> {};
      ModelCluster.quietly(action);
    };
  }

  // --- a refresh ends after its family has, and the store is away

  @Test
  void storedDuringARefresh_whoseSaveFails_isNotReplacedInMemory() throws Exception {
    TokenSource source = one.startSignedIn();
    one.seconds(61);
    whileTheAnswerIsAwaited(() -> {
      one.client.storeTokens(null, TokenSet.of("NEW", "RNEW").expiresIn(HOUR));
      storeIsDown(true);
    });
    assertEquals("NEW", one.token(source));
    storeIsDown(false);
    one.seconds(60);
    assertEquals("NEW", one.token(source));
    assertEquals("RNEW", one.store.stored("test").refreshToken());
    assertEquals(0, one.told(TokenEvent.Type.SAVED), "nothing was");
  }

  @Test
  void clearedDuringARefresh_whoseSaveFails_doesNotComeBackInMemory() throws Exception {
    TokenSource source = one.startSignedIn();
    one.seconds(61);
    whileTheAnswerIsAwaited(() -> {
      one.client.clearTokens(null);
      storeIsDown(true);
    });
    source.tokenAsync();
    time.run();
    assertNull(source.accessTokenNow());
    storeIsDown(false);
    one.seconds(60);
    assertEquals("NO_TOKENS", one.token(source));
  }

  @Test
  void saved_isNotToldOfWhatTheStoreHasMovedOnFrom() throws Exception {
    TokenSource source = one.startSignedIn();
    one.seconds(55);
    one.store.failWritesAfter = 1;
    source.tokenAsync();
    time.run();
    one.store.failWritesAfter = Integer.MAX_VALUE;
    TokenRecord stored = one.store.stored("test");
    one.store.compareAndSet("test", stored.generation(), stored.toBuilder().generation(stored.generation() + 1)
        .phase(TokenRecord.Phase.IDLE, null).tokens("X", "RX").expiry(time.currentTimeMillis() + 60_000, 60_000).build());
    one.seconds(5);
    assertEquals(0, one.told(TokenEvent.Type.SAVED));
  }

  @Test
  void whateverFailsAfterTheAnswer_thePairIsKept() throws Exception {
    boolean[] failing = new boolean[1];
    RefreshCoordinator.Builder builder = one.builder().firstTokens(server.signIn());
    TokenSource source = one.start(builder.time(time, one.node, () -> {
      if (!failing[0]) return 0;
      failing[0] = false;
      throw new OutOfMemoryError("on purpose");
    }));
    one.seconds(61);
    one.beforeAnswer = () -> failing[0] = true;
    source.tokenAsync();
    time.run();
    one.beforeAnswer = () -> {};
    one.seconds(10);
    assertEquals("R3", one.store.stored("test").refreshToken());
    assertTrue(server.accepts(one.token(source)));
    assertFalse(server.revoked);
  }

  // --- a record comes back, or another one comes

  @Test
  void olderRecordPutBack_whileTheAnswerIsAwaited_doesNotCostThePairThatIsReceived() throws Exception {
    TokenSource source = one.startSignedIn();
    one.seconds(61);
    one.token(source);
    TokenRecord backup = one.store.stored("test");
    one.seconds(61);
    one.token(source);
    one.seconds(61);
    whileTheAnswerIsAwaited(() -> {
      one.store.drop("test");
      ModelCluster.unchecked(() -> one.store.compareAndSet("test", 0, backup));
    });
    assertTrue(server.accepts(one.token(source)));
    assertFalse(server.revoked, "the pair was in hand, and the spent one was presented all the same");
    one.seconds(61);
    assertTrue(server.accepts(one.token(source)));
    assertFalse(server.revoked);
  }

  @Test
  void clearedTokens_stayCleared_whenTheRecordIsRemoved_orAnOlderOneComesBack() throws Exception {
    TokenSource source = one.startSignedIn();
    TokenRecord backup = one.store.stored("test");
    one.seconds(61);
    one.token(source);
    one.client.clearTokens(null);
    int calls = server.calls;
    one.store.drop("test");
    one.seconds(61);
    assertEquals("NO_TOKENS", one.token(source), "the configured pair was spent long ago");
    one.store.drop("test");
    one.store.compareAndSet("test", 0, backup);
    one.seconds(61);
    assertEquals("NO_TOKENS", one.token(source));
    assertEquals(calls, server.calls);
  }

  @Test
  void unknownPairOfALowerGeneration_isTakenUpAtOnce() throws Exception {
    TokenSource source = one.startSignedIn();
    for (int i = 0; i < 30; i++) {
      one.seconds(61);
      one.token(source);
    }
    int calls = server.calls;
    one.store.drop("test");
    one.store.compareAndSet("test", 0, TokenRecord.builder().tokens(null, server.signIn().refreshToken()).build());
    one.seconds(61);
    assertTrue(server.accepts(one.token(source)));
    assertEquals(calls + 1, server.calls);
  }

  @Test
  void signIn_withARefreshTokenOfAnEarlierSignIn_isASignIn() throws Exception {
    one.client = one.builder().build();
    one.client.storeTokens("u", TokenSet.of("A1", "RA").expiresIn(HOUR));
    one.client.storeTokens("u", TokenSet.of("B1", "RB").expiresIn(HOUR));
    one.client.storeTokens("u", TokenSet.of("A2", "RA").expiresIn(HOUR));
    assertEquals("A2", one.token(one.client.source("u")), "and not somebody else's tokens");
  }

  // --- clocks, guesses, and what is left of a session

  @Test
  void storeClockThatStepsBack_doesNotProlongTheGrace() throws Exception {
    server.grace = Duration.ofSeconds(10);
    TokenSource source = one.start(one.builder().reuseGrace(server.grace).firstTokens(server.signIn()));
    one.seconds(55);
    server.always = Fault.LOST_AFTER_COMMIT;
    source.tokenAsync();
    time.run();
    time.shiftWallClock(Duration.ofSeconds(-60));
    one.seconds(40);
    assertFalse(server.revoked, "replayed after the grace");
  }

  @Test
  void tokenOfUnknownEnd_isNotWithheldWhileOneMoreTryIsOnItsWay() throws Exception {
    AtomicBoolean down = new AtomicBoolean();
    TokenSource source = one.startWithOpaqueToken(down);
    assertEquals("opaque", one.token(source));
    down.set(true);
    time.advance(Duration.ofMinutes(6));
    assertEquals("opaque", one.token(source));
    time.advance(Duration.ofMinutes(1));
    assertNotNull(source.accessTokenNow());
  }

  @Test
  void suspectWhoseRefreshTokenIsDead_isExpired() throws Exception {
    TokenSource source = one.startSignedIn();
    server.revoked = true;
    source.invalidate("A2");
    time.run();
    assertEquals("REJECTED", one.token(source));
    assertTrue(source.isExpired());
  }

  @Test
  void sessionLetGoOfHere_restsElsewhereForAsLongAsItMay() throws Exception {
    server.lifetime = Duration.ofHours(8);
    one.client = one.builder().refreshMargin(Duration.ofMinutes(5)).build();
    RefreshCoordinator other = one.builder().refreshMargin(Duration.ofMinutes(5)).build();
    one.client.storeTokens("u", server.signIn());
    one.token(other.source("u"));
    one.client.releaseTokens("u", Duration.ofMinutes(30));
    time.advance(Duration.ofHours(8).minusMinutes(6));
    one.token(other.source("u"));
    other.close();
    time.advance(Duration.ofMinutes(20));
    try (RefreshCoordinator restarted = one.builder().build()) {
      assertNotEquals("NO_TOKENS", one.token(restarted.source("u")));
    }
  }

  @Test
  void sessionThatAnotherNodeHasRefreshedSince_isNotMarkedAtAll() throws Exception {
    one.client = one.builder().build();
    try (RefreshCoordinator other = one.builder().build()) {
      one.client.storeTokens("u", server.signIn());
      one.seconds(61);
      assertTrue(server.accepts(one.token(other.source("u"))));
      TokenRecord refreshed = one.store.stored("test/u");
      one.client.releaseTokens("u", Duration.ZERO);
      assertEquals(refreshed, one.store.stored("test/u"));
    }
  }

  // --- a family is forgotten between two steps of whoever asks it

  /** Does something once, just before the n-th reading of the clock. */
  private static final class Interloper implements Ticker {
    private final VirtualTime time;
    private int readings;
    private Runnable what;

    Interloper(VirtualTime time) {
      this.time = time;
    }

    void before(int reading, Runnable action) {
      readings = reading;
      what = action;
    }

    @Override
    public long nanoTime() {
      Runnable now = what;
      if (now != null && --readings == 0) {
        what = null;
        now.run();
      }
      return time.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return time.currentTimeMillis();
    }
  }

  @Test
  void familyForgottenWhileItIsAsked_keepsNobodyWaiting() throws Exception {
    List<String> hanging = new ArrayList<>();
    for (int reading = 1; reading <= 12; reading++) {
      for (boolean pausing : new boolean[] {true, false}) {
        for (String call : new String[] {"token", "replacement", "store"}) {
          if (hangs(reading, pausing, call)) hanging.add(call + " at " + reading + (pausing ? ", pausing" : ""));
        }
      }
    }
    assertEquals(List.of(), hanging);
  }

  private boolean hangs(int reading, boolean pausing, String call) throws TokenException {
    OneNode node = new OneNode();
    Interloper clock = new Interloper(node.time);
    node.client = node.builder().maxIdentities(1).time(clock, node.node, () -> 0).build();
    try {
      node.client.storeTokens("bob", node.server.signIn());
      TokenSource bob = node.client.source("bob");
      AccessToken held = bob.accessTokenNow();
      if (pausing) {
        node.seconds(61);
        node.server.faults.add(Fault.UNAVAILABLE);
        node.token(bob);
      }
      clock.before(reading, () -> {
        for (int i = 0; i < 3; i++) node.client.source("other" + i);
      });
      if (call.equals("store")) {
        node.client.storeTokens("bob", node.server.signIn());
        return false;
      }
      CompletableFuture<AccessToken> caller =
          call.equals("token") ? bob.accessTokenAsync() : bob.replacementFor(held.value());
      node.time.run();
      return !caller.isDone();
    } finally {
      node.close();
    }
  }
}
