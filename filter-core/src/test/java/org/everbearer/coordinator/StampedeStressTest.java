package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Real threads, many of them, at the worst moments. */
class StampedeStressTest {
  private static final Duration FOREVER = Duration.ofHours(1);

  private final AtomicInteger refreshes = new AtomicInteger();
  private final CountDownLatch answer = new CountDownLatch(1);
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    answer.countDown();
    if (client != null) client.close();
  }

  /** Answers only when the latch opens, so that everybody who comes meanwhile meets the flight. */
  private TokenSource source(Duration firstLives) throws TokenException {
    return source(TokenSet.of("A0", "R0").expiresIn(firstLives), new MemoryTokenStore(Ticker.SYSTEM));
  }

  private TokenSource source(TokenSet first, TokenStore store) throws TokenException {
    TokenRefresher refresher = current -> {
      int n = refreshes.incrementAndGet();
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new TokenException(TokenException.Reason.NOT_SENT, "interrupted");
      }
      return TokenSet.of("A" + n, "R" + n).expiresIn(FOREVER);
    };
    client = RefreshCoordinator.builder("stampede", refresher)
        .store(store)
        .firstTokens(first)
        .background(false)
        .waitTimeout(Duration.ofMinutes(2))
        .build();
    client.start();
    return client.application();
  }

  private Set<String> stampede(ExecutorService threads, int count, TokenSource source) throws Exception {
    CountDownLatch arrived = new CountDownLatch(count);
    List<Future<String>> all = new ArrayList<>();
    Callable<String> caller = () -> {
      arrived.countDown();
      return source.token();
    };
    for (int i = 0; i < count; i++) all.add(threads.submit(caller));
    assertTrue(arrived.await(1, TimeUnit.MINUTES));
    answer.countDown();
    Set<String> tokens = new HashSet<>();
    for (Future<String> one : all) tokens.add(one.get(1, TimeUnit.MINUTES));
    return tokens;
  }

  @Test
  void expired_512PlatformThreads_oneRefresh() throws Exception {
    TokenSource source = source(Duration.ZERO);
    ExecutorService threads = Executors.newFixedThreadPool(512);
    try {
      assertEquals(Set.of("A1"), stampede(threads, 512, source));
      assertEquals(1, refreshes.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void expired_2000VirtualThreads_oneRefresh() throws Exception {
    ExecutorService threads = virtualThreads();
    Assumptions.assumeTrue(threads != null, "this JDK has no virtual threads; run the tests on JDK 21 or later");
    TokenSource source = source(Duration.ZERO);
    try {
      assertEquals(Set.of("A1"), stampede(threads, 2000, source));
      assertEquals(1, refreshes.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void inTheMargin_64Callers_noneWaits() throws Exception {
    // Two minutes of an hour left, and a margin of five: stale from the start.
    MemoryTokenStore store = new MemoryTokenStore(Ticker.SYSTEM);
    store.compareAndSet("stampede", 0, TokenRecord.builder().tokens("old", "R")
        .expiry(System.currentTimeMillis() + Duration.ofMinutes(2).toMillis(), FOREVER.toMillis()).build());
    TokenSource source = source(null, store);
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try {
      List<Future<AccessToken>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) all.add(threads.submit(source::accessTokenNow));
      for (Future<AccessToken> one : all) assertEquals("old", one.get(1, TimeUnit.MINUTES).value());
      assertTrue(refreshes.get() <= 1, "one refresh at most is on its way, and it is unanswered");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void interruptedCaller_leavesTheRefreshAlone() throws Exception {
    TokenSource source = source(Duration.ZERO);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<TokenException.Reason> interrupted = threads.submit(() -> {
        Thread.currentThread().interrupt();
        try {
          source.token();
          return null;
        } catch (TokenException e) {
          assertTrue(Thread.interrupted(), "the flag is set again");
          return e.reason();
        }
      });
      assertEquals(TokenException.Reason.INTERRUPTED, interrupted.get(1, TimeUnit.MINUTES));
      Future<String> patient = threads.submit(source::token);
      answer.countDown();
      assertEquals("A1", patient.get(1, TimeUnit.MINUTES));
      assertEquals(1, refreshes.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void storm_invalidationsRefreshesAndReaders_neverServeARejectedTokenAsNew() throws Exception {
    answer.countDown();
    TokenSource source = source(Duration.ZERO);
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        all.add(threads.submit(() -> {
          int replaced = 0;
          for (int n = 0; n < 2000; n++) {
            String token = source.token();
            if (n % 100 == 0 && source.invalidate(token)) {
              if (!source.token().equals(token)) replaced++;
            }
          }
          return replaced;
        }));
      }
      int replaced = 0;
      for (Future<Integer> one : all) replaced += one.get(2, TimeUnit.MINUTES);
      assertTrue(replaced > 0);
      assertTrue(refreshes.get() <= 12, "each rejection in a row waits longer: " + refreshes.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void close_endsEveryThread() throws Exception {
    answer.countDown();
    TokenSource source = source(Duration.ZERO);
    assertEquals("A1", source.token());
    client.close();
    List<String> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("everbearer-stampede-") && thread.isAlive()) left.add(thread.getName());
    }
    assertEquals(List.of(), left);
  }

  @Test
  void close_waitsForTheRefreshOnItsWay_andSavesItsResult() throws Exception {
    MemoryTokenStore store = new MemoryTokenStore(Ticker.SYSTEM);
    CountDownLatch asked = new CountDownLatch(1);
    TokenRefresher slow = current -> {
      asked.countDown();
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new TokenException(TokenException.Reason.AMBIGUOUS, "interrupted: the reply is lost");
      }
      return TokenSet.of("A1", "R1").expiresIn(FOREVER);
    };
    client = RefreshCoordinator.builder("stampede", slow).store(store)
        .firstTokens(TokenSet.of("A0", "R0").expiresIn(Duration.ZERO)).build();
    client.start();
    assertTrue(asked.await(1, TimeUnit.MINUTES));
    Thread closing = new Thread(client::close);
    closing.start();
    while (!client.context.isClosed()) Thread.onSpinWait();
    assertEquals("A0", store.read("stampede").record().accessToken());
    answer.countDown();
    closing.join(TimeUnit.MINUTES.toMillis(1));
    assertEquals("R1", store.read("stampede").record().refreshToken(), "the successor was saved");
    assertEquals(TokenRecord.Phase.IDLE, store.read("stampede").record().phase());
  }

  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    try {
      Method make = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      return (ExecutorService) make.invoke(null);
    } catch (NoSuchMethodException beforeJava21) {
      return null;
    }
  }
}
