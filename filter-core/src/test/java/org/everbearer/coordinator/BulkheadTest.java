package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many identities, real threads, and a token endpoint that answers when it is told to. */
class BulkheadTest {
  private static final int SESSIONS = 1000;
  private static final int REQUESTS = 8;

  private final Semaphore answers = new Semaphore(0);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final CountDownLatch end = new CountDownLatch(1);
  /** How often each refresh token was presented. */
  private final Map<String, Integer> presented = new ConcurrentHashMap<>();
  private final AtomicLong skipped = new AtomicLong();
  private final Ticker ticker = new Ticker() {
    @Override
    public long nanoTime() {
      return System.nanoTime() + skipped.get();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(skipped.get());
    }
  };
  private final AtomicInteger timers = new AtomicInteger();
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    end.countDown();
    answers.release(1_000_000);
    if (client != null) client.close();
  }

  private final class Counting implements Scheduler {
    private final Scheduler scheduler;

    Counting(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public void execute(Runnable work, Consumer<Throwable> refused) {
      scheduler.execute(work, refused);
    }

    @Override
    public void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused) {
      timers.incrementAndGet();
      scheduler.schedule(delayNanos, work, refused);
    }

    @Override
    public Runnable alarm(long delayNanos, Runnable work) {
      timers.incrementAndGet();
      return scheduler.alarm(delayNanos, work);
    }

    @Override
    public Runnable scheduleTimeout(long delayNanos, Runnable work) {
      timers.incrementAndGet();
      return scheduler.scheduleTimeout(delayNanos, work);
    }

    @Override
    public Runnable scheduleRenewal(long delayNanos, Runnable work) {
      return scheduler.scheduleRenewal(delayNanos, work);
    }

    @Override
    public void shutdown(Duration patience) {
      scheduler.shutdown(patience);
    }
  }

  private void start(int width) {
    client = RefreshCoordinator.builder("bulkhead", this::answer)
        .maxConcurrentRefreshes(width)
        .background(false)
        .waitTimeout(Duration.ofMinutes(2))
        .time(ticker, new Counting(new ThreadScheduler("bulkhead", width)), () -> 0.5)
        .build();
  }

  private TokenSet answer(TokenSet current) throws TokenException {
    presented.merge(current.refreshToken(), 1, Integer::sum);
    most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    try {
      if (hanging.contains(current.refreshToken())) end.await();
      else answers.acquire();
    } catch (InterruptedException e) {
      throw new TokenException(TokenException.Reason.NOT_SENT, "interrupted");
    } finally {
      inFlight.decrementAndGet();
    }
    return TokenSet.of("new-" + current.refreshToken(), current.refreshToken() + "+").expiresIn(Duration.ofHours(1));
  }

  private void signIn(String user) throws TokenException {
    client.storeTokens(user, TokenSet.of("old-" + user, user).expiresIn(Duration.ZERO));
  }

  private void awaitInFlight(int expected) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (inFlight.get() < expected && System.nanoTime() < deadline) LockSupport.parkNanos(1_000_000);
    assertEquals(expected, inFlight.get());
  }

  @Test
  void aThousandSessionsWithEightRequestsEach_spendEachRefreshTokenOnce_32AtATime() throws Exception {
    start(32);
    for (int s = 0; s < SESSIONS; s++) signIn("user" + s);
    ExecutorService tabs = Executors.newFixedThreadPool(16);
    try {
      List<Future<CompletableFuture<String>>> asked = new ArrayList<>();
      for (int r = 0; r < REQUESTS; r++) {
        for (int s = 0; s < SESSIONS; s++) {
          TokenSource source = client.source("user" + s);
          asked.add(tabs.submit(source::tokenAsync));
        }
      }
      List<CompletableFuture<String>> tokens = new ArrayList<>();
      for (Future<CompletableFuture<String>> one : asked) tokens.add(one.get(1, TimeUnit.MINUTES));
      awaitInFlight(32);
      assertEquals(32, presented.size(), "the others wait for a place, and their callers wait together");
      answers.release(SESSIONS);
      for (int i = 0; i < tokens.size(); i++) {
        assertEquals("new-user" + i % SESSIONS, tokens.get(i).get(1, TimeUnit.MINUTES));
      }
      assertEquals(SESSIONS, presented.size());
      assertEquals(Set.of(1), new HashSet<>(presented.values()), "each is presented once");
      assertEquals(32, most.get());
    } finally {
      tabs.shutdownNow();
    }
  }

  @Test
  void aUserWhoseRefreshHangs_delaysNobodyElse() throws Exception {
    start(2);
    hanging.add("stuck");
    signIn("stuck");
    CompletableFuture<String> stuck = client.source("stuck").tokenAsync();
    awaitInFlight(1);
    answers.release(100);
    for (int i = 0; i < 100; i++) {
      signIn("user" + i);
      assertEquals("new-user" + i, client.source("user" + i).token());
    }
    assertFalse(stuck.isDone());
    end.countDown();
    assertEquals("new-stuck", stuck.get(1, TimeUnit.MINUTES));
  }

  @Test
  void aRefreshThatWaitsTooLongForAPlace_failsAndSaysWhy_andIsTriedAgainLater() throws Exception {
    start(1);
    hanging.add("stuck");
    signIn("stuck");
    signIn("next");
    CompletableFuture<String> stuck = client.source("stuck").tokenAsync();
    awaitInFlight(1);
    CompletableFuture<String> next = client.source("next").tokenAsync();
    skipped.addAndGet(Duration.ofMinutes(3).toNanos());
    end.countDown();
    ExecutionException failed = assertThrows(ExecutionException.class, () -> next.get(1, TimeUnit.MINUTES));
    TokenException why = TokenException.in(failed);
    assertEquals(TokenException.Reason.TIMEOUT, why.reason());
    assertTrue(why.getMessage().contains("one of 1 places (maxConcurrentRefreshes)"), why.getMessage());
    assertNull(presented.get("next"), "nobody may be waiting for it any more, so it is not spent");
    stuck.get(1, TimeUnit.MINUTES);
    skipped.addAndGet(Duration.ofMinutes(1).toNanos());
    answers.release();
    assertEquals("new-next", client.source("next").token());
  }

  @Test
  void sessionsAtRest_haveNeitherThreadNorTimer() throws Exception {
    start(32);
    int before = ourThreads().size();
    for (int s = 0; s < 10_000; s++) {
      client.storeTokens("user" + s, TokenSet.of("token" + s, "refresh" + s).expiresIn(Duration.ofHours(1)));
      assertEquals("token" + s, client.source("user" + s).token());
    }
    assertEquals(before, ourThreads().size(), () -> "threads: " + ourThreads());
    assertTrue(before <= 1, "the timer of all: " + ourThreads());
    assertEquals(0, timers.get());
    assertEquals(Map.of(), presented);
  }

  private static List<String> ourThreads() {
    List<String> names = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("everbearer-bulkhead-")) names.add(thread.getName());
    }
    return names;
  }
}
