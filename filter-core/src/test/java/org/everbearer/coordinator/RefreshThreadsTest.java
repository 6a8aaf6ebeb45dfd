package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real scheduler's threads: who waits for whom, and who is interrupted. */
class RefreshThreadsTest {
  private final CountDownLatch asked = new CountDownLatch(2);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final MemoryTokenStore store = new MemoryTokenStore(Ticker.SYSTEM);
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    answer.countDown();
    client.close();
  }

  /** Answers when the latch opens; a request that is interrupted is abandoned. */
  private TokenRefresher waiting() {
    return current -> {
      asked.countDown();
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new TokenException(Reason.AMBIGUOUS, "abandoned");
      }
      return TokenSet.of("A-of-" + current.refreshToken(), current.refreshToken() + "2").expiresIn(Duration.ofHours(1));
    };
  }

  private RefreshCoordinator.Builder builder(TokenRefresher refresher) {
    return RefreshCoordinator.builder("threads", refresher).store(store).background(false);
  }

  private static TokenSet expired(String refreshToken) {
    return TokenSet.of("old", refreshToken).expiresIn(Duration.ZERO);
  }

  @Test
  void allWorkersHang_aCallersTimeIsUpAllTheSame() throws Exception {
    client = builder(waiting()).maxConcurrentRefreshes(2).waitTimeout(Duration.ofMillis(100)).build();
    for (String user : new String[] {"a", "b", "c"}) client.storeTokens(user, expired(user));
    client.source("a").accessTokenAsync();
    client.source("b").accessTokenAsync();
    assertTrue(asked.await(1, TimeUnit.MINUTES));
    CompletableFuture<AccessToken> third = client.source("c").accessTokenAsync();
    // The workers hang until the test lets them go: without a thread of its own the end of the wait would never come.
    ExecutionException late = assertThrows(ExecutionException.class, () -> third.get(30, TimeUnit.SECONDS));
    assertEquals(Reason.TIMEOUT, TokenException.in(late).reason());
  }

  @Test
  void actionOfACallerThatBlocksInItsTimeout_keepsNoRefreshWaiting() throws Exception {
    client = builder(current -> TokenSet.of("A1", "R2").expiresIn(Duration.ofHours(1)))
        .waitTimeout(Duration.ofMillis(50)).build();
    CountDownLatch blocked = new CountDownLatch(1);
    RefreshCoordinator hung = builder(waiting()).waitTimeout(Duration.ofMillis(50)).build();
    try {
      hung.storeTokens("a", expired("a"));
      hung.storeTokens("b", expired("b"));
      hung.source("a").accessTokenAsync().whenComplete((token, failed) -> {
        blocked.countDown();
        try {
          answer.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      assertTrue(blocked.await(1, TimeUnit.MINUTES));
      hung.source("b").accessTokenAsync();
      assertTrue(asked.await(1, TimeUnit.MINUTES), "the timer still hands over");
    } finally {
      answer.countDown();
      hung.close();
    }
  }

  @Test
  void close_onAnInterruptedThread_waitsForTheAnswer_savesIt_andKeepsTheInterrupt() throws Exception {
    client = builder(waiting()).firstTokens(expired("R")).build();
    client.start();
    client.application().accessTokenAsync();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean kept = new AtomicBoolean();
    Thread closing = new Thread(() -> {
      Thread.currentThread().interrupt();
      begun.countDown();
      client.close();
      kept.set(Thread.currentThread().isInterrupted());
    });
    while (asked.getCount() > 1) Thread.onSpinWait();
    closing.start();
    assertTrue(begun.await(1, TimeUnit.MINUTES));
    while (closing.getState() != Thread.State.TIMED_WAITING && closing.isAlive()) Thread.onSpinWait();
    closing.interrupt();
    answer.countDown();
    closing.join();
    assertEquals("R2", store.read("threads").record().refreshToken(), "the answer was saved");
    assertTrue(kept.get(), "whoever interrupts the thread finds it interrupted");
  }

  @Test
  void clearTokens_racesARefresh_andTheCallerGetsATokenOrAReason() throws Exception {
    client = builder(current -> TokenSet.of("A1", "R2").expiresIn(Duration.ofHours(1))).build();
    CyclicBarrier together = new CyclicBarrier(2);
    AtomicReference<Throwable> other = new AtomicReference<>();
    int rounds = 1_000;
    Thread clearing = new Thread(() -> {
      try {
        for (int i = 0; i < rounds; i++) {
          together.await();
          client.clearTokens(null);
          together.await();
        }
      } catch (Throwable e) {
        other.set(e);
      }
    });
    clearing.start();
    for (int i = 0; i < rounds; i++) {
      client.storeTokens(null, expired("R1"));
      together.await();
      try {
        client.application().token();
      } catch (TokenException e) {
        assertEquals(Reason.NO_TOKENS, e.reason());
      }
      together.await();
      assertNull(client.application().accessTokenNow(), "round " + i);
    }
    clearing.join();
    assertNull(other.get());
  }
}
