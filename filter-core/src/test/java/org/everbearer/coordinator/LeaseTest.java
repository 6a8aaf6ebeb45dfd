package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lease in the record while a call is on its way: its length, its renewals, and what is left of it afterwards. */
class LeaseTest {
  private static final Duration ATTEMPT = Duration.ofSeconds(5);
  private final VirtualTime time = new VirtualTime();
  private final MemoryTokenStore store = new MemoryTokenStore(time);
  private final long begin = time.currentTimeMillis();
  private RefreshCoordinator client;
  private TokenException answer;
  private TokenRecord during;

  @AfterEach
  void close() {
    client.close();
  }

  private void refresh(Duration grace, TokenRefresher refresher) {
    client = RefreshCoordinator.builder("test", refresher)
        .store(store)
        .firstTokens(TokenSet.of(null, "R1"))
        .reuseGrace(grace)
        .background(false)
        .time(time, time.node(), () -> 0)
        .build();
    client.application().tokenAsync();
    time.run();
  }

  /** Time moves on in its call, and with it whatever else the node does. */
  private TokenRefresher refresher(Duration callTakes) {
    return new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) throws TokenException {
        time.advance(callTakes);
        during = stored();
        if (answer != null) throw answer;
        return TokenSet.of("A1", "R2").expiresIn(Duration.ofHours(1));
      }

      @Override
      public Duration attemptTimeout() {
        return ATTEMPT;
      }
    };
  }

  private TokenRecord stored() {
    return store.read("test").record();
  }

  @Test
  void knownGrace_leaseIsAThirtiethOfIt_andRenewedWhileTheAnswerIsAwaited() {
    refresh(Duration.ofSeconds(30), refresher(Duration.ofMillis(4500)));
    assertEquals(4333 + 1000, during.leaseUntil() - begin, "renewed three times a second, at 4.3 s for the last time");
    assertEquals(1000, during.leaseLength(), "and the record says how long others have to wait");
    assertEquals("A1", stored().accessToken());
    assertEquals(Phase.IDLE, stored().phase());
    TokenRecord after = stored();
    time.advance(Duration.ofMinutes(1));
    assertEquals(after.generation(), stored().generation(), "nothing renews what has ended");
  }

  @Test
  void callThatHangs_losesTheLeaseAsIfItWereNotRenewed() {
    refresh(Duration.ofSeconds(30), refresher(Duration.ofSeconds(60)));
    assertEquals(ATTEMPT.toMillis() + 2000, during.leaseUntil() - begin);
  }

  @Test
  void unknownOrShortGrace_leaseLastsForTheLongestCallAndTwoSeconds_andIsNotRenewed() {
    for (Duration grace : new Duration[] {null, Duration.ZERO, Duration.ofSeconds(3)}) {
      store.compareAndSet("test", store.read("test").generation(), null);
      long from = time.currentTimeMillis();
      refresh(grace, refresher(Duration.ofMillis(4500)));
      assertEquals(ATTEMPT.toMillis() + 2000, during.leaseUntil() - from, "grace " + grace);
    }
  }

  /** Whoever has lost it may be connecting still, and sends in the end what another one has spent. */
  @Test
  void graceThatTheLongestCallNearlyFills_leaseIsNotShort() {
    refresh(Duration.ofSeconds(6), refresher(Duration.ofMillis(4500)));
    assertEquals(ATTEMPT.toMillis() + 2000, during.leaseUntil() - begin);
  }

  @Test
  void refusalAfterRenewals_givesTheRecordBackAsItWas() {
    answer = new TokenException(Reason.TRANSIENT, "503");
    refresh(Duration.ofSeconds(30), refresher(Duration.ofMillis(4500)));
    assertEquals(Phase.IN_FLIGHT, during.phase());
    assertEquals(Phase.IDLE, stored().phase(), "or the next refresh would be taken for a replay");
    assertEquals("R1", stored().refreshToken());
    assertNull(stored().owner());
  }

  @Test
  void rejectionAfterRenewals_isDeathAtOnce() {
    answer = new TokenException(Reason.REJECTED, "invalid_grant");
    refresh(Duration.ofSeconds(30), refresher(Duration.ofMillis(4500)));
    assertEquals(Phase.DEAD, stored().phase());
  }

  @Test
  void renewalThatCrossesTheAnswer_isFoundAndReplaced() {
    answer = new TokenException(Reason.TRANSIENT, "503");
    TokenRefresher slow = new TokenRefresher() {
      @Override
      public TokenSet refresh(TokenSet current) throws TokenException {
        // What a renewal would leave that reached the store, and whose thread has not heard of it yet.
        TokenRecord mine = store.read("test").record();
        assertTrue(store.compareAndSet("test", mine.generation(),
            mine.toBuilder().generation(mine.generation() + 1).build()));
        throw answer;
      }

      @Override
      public Duration attemptTimeout() {
        return ATTEMPT;
      }
    };
    refresh(Duration.ofSeconds(30), slow);
    assertEquals(Phase.IDLE, stored().phase());
  }
}
