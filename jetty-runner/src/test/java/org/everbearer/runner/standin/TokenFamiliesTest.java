package org.everbearer.runner.standin;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.everbearer.runner.standin.Refresh.Outcome;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokenFamiliesTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final MovableClock clock = new MovableClock();
  private final AtomicInteger issued = new AtomicInteger();
  private final TokenFamilies families = families(GRACE, true);

  @Test
  void currentToken_isExchangedForANewPair() {
    TokenPair first = families.create("user_1", "org_1");
    Refresh second = families.refresh(first.refreshToken(), null);
    assertEquals(Outcome.ROTATED, second.outcome());
    assertNotEquals(first.refreshToken(), second.pair().refreshToken());
    assertNotEquals(first.accessToken(), second.pair().accessToken());
    assertEquals(Outcome.ROTATED, families.refresh(second.pair().refreshToken(), null).outcome());
  }

  @Test
  void spentToken_isAnsweredWithTheSamePairWithinTheGrace() {
    TokenPair first = families.create("user_1", null);
    Refresh second = families.refresh(first.refreshToken(), null);
    clock.advance(GRACE.minusMillis(1));
    Refresh again = families.refresh(first.refreshToken(), null);
    assertEquals(Outcome.REPLAYED, again.outcome());
    assertEquals(second.pair(), again.pair());
    assertEquals(Outcome.ROTATED, families.refresh(second.pair().refreshToken(), null).outcome());
  }

  @Test
  void replay_doesNotProlongTheGrace() {
    TokenPair first = families.create("user_1", null);
    families.refresh(first.refreshToken(), null);
    clock.advance(GRACE.dividedBy(2));
    families.refresh(first.refreshToken(), null);
    clock.advance(GRACE.dividedBy(2));
    assertEquals(Outcome.REUSED, families.refresh(first.refreshToken(), null).outcome());
  }

  @Test
  void spentToken_afterTheGraceRevokesTheFamily() {
    TokenPair first = families.create("user_1", null);
    Refresh second = families.refresh(first.refreshToken(), null);
    clock.advance(GRACE);
    Refresh reuse = families.refresh(first.refreshToken(), null);
    assertEquals(Outcome.REUSED, reuse.outcome());
    assertNull(reuse.pair());
    assertEquals(Outcome.REVOKED, families.refresh(second.pair().refreshToken(), null).outcome());
    assertEquals(Outcome.REVOKED, families.refresh(first.refreshToken(), null).outcome());
  }

  @Test
  void spentToken_isReuseAtOnceWithoutAGrace() {
    TokenFamilies strict = families(Duration.ZERO, true);
    TokenPair first = strict.create("user_1", null);
    strict.refresh(first.refreshToken(), null);
    assertEquals(Outcome.REUSED, strict.refresh(first.refreshToken(), null).outcome());
  }

  @Test
  void spentToken_isStillReuseAfterItsSuccessorWasForgotten() {
    TokenPair first = families.create("user_1", null);
    String current = first.refreshToken();
    for (int i = 0; i < 5; i++) {
      current = families.refresh(current, null).pair().refreshToken();
      clock.advance(GRACE.multipliedBy(2));
    }
    assertEquals(Outcome.REUSED, families.refresh(first.refreshToken(), null).outcome());
  }

  @Test
  void reuse_leavesOtherFamiliesAlone() {
    TokenPair one = families.create("user_1", null);
    TokenPair other = families.create("user_1", null);
    families.refresh(one.refreshToken(), null);
    clock.advance(GRACE);
    families.refresh(one.refreshToken(), null);
    assertEquals(Outcome.ROTATED, families.refresh(other.refreshToken(), null).outcome());
  }

  @Test
  void foreignToken_isUnknown() {
    assertEquals(Outcome.UNKNOWN, families.refresh("no such token", null).outcome());
    assertEquals(Outcome.UNKNOWN, families.refresh(null, null).outcome());
  }

  @Test
  void organization_staysUntilAnotherIsNamed() {
    TokenPair first = families.create("user_1", "org_1");
    Refresh second = families.refresh(first.refreshToken(), null);
    Refresh third = families.refresh(second.pair().refreshToken(), "org_2");
    Refresh fourth = families.refresh(third.pair().refreshToken(), null);
    assertTrue(second.pair().accessToken().endsWith("org_1"), second.pair().accessToken());
    assertTrue(third.pair().accessToken().endsWith("org_2"), third.pair().accessToken());
    assertTrue(fourth.pair().accessToken().endsWith("org_2"), fourth.pair().accessToken());
  }

  @Test
  void withoutRotation_theSameTokenIsGoodAgainAndIsNotRepeated() {
    TokenFamilies lasting = families(GRACE, false);
    String token = lasting.create("user_1", null).refreshToken();
    TokenPair one = lasting.refresh(token, null).pair();
    clock.advance(GRACE.multipliedBy(2));
    TokenPair two = lasting.refresh(token, null).pair();
    assertNull(one.refreshToken());
    assertNotEquals(one.accessToken(), two.accessToken());
  }

  @Test
  void revocation_countsOnlyFamiliesThatWereAlive() {
    TokenPair one = families.create("user_1", null);
    TokenPair two = families.create("user_2", null);
    families.refresh(two.refreshToken(), null);
    assertTrue(families.revoke(one.refreshToken()));
    assertFalse(families.revoke(one.refreshToken()));
    assertFalse(families.revoke("no such token"));
    assertEquals(1, families.revokeAll());
    assertEquals(Outcome.REVOKED, families.refresh(two.refreshToken(), null).outcome());
  }

  @Test
  void oneTokenPresentedByManyThreads_rotatesOnce() throws Exception {
    TokenPair first = families.create("user_1", null);
    int threads = 32;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      Set<TokenPair> pairs = ConcurrentHashMap.newKeySet();
      List<Future<Outcome>> outcomes = IntStream.range(0, threads).mapToObj(i -> pool.submit(() -> {
        start.await();
        Refresh refresh = families.refresh(first.refreshToken(), null);
        pairs.add(refresh.pair());
        return refresh.outcome();
      })).toList();
      start.countDown();
      int rotated = 0;
      for (Future<Outcome> outcome : outcomes) {
        if (outcome.get() == Outcome.ROTATED) rotated++;
      }
      assertEquals(1, rotated);
      assertEquals(1, pairs.size());
    } finally {
      pool.shutdownNow();
    }
  }

  private TokenFamilies families(Duration grace, boolean rotate) {
    return new TokenFamilies(clock, grace, rotate,
        family -> "access-" + issued.incrementAndGet() + "-" + family.organization);
  }
}
