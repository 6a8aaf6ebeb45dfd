package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;
import org.everbearer.coordinator.ModelServer.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A refresh ends, whatever it meets; so does its pause; and neither does harm to what comes after it. */
class StuckRefreshTest {
  private final OneNode one = new OneNode();
  private final ModelServer server = one.server;
  private final VirtualTime time = one.time;

  @AfterEach
  void close() {
    one.close();
  }

  @Test
  void serverThatDiesInTheMidst_endsTheRefreshWithANextTry_andIsRecoveredFrom() throws Exception {
    TokenSource source = one.startSignedIn();
    one.seconds(61);
    server.faults.add(Fault.LOST_BEFORE_COMMIT);
    server.always = Fault.NOT_SENT;
    CompletableFuture<String> caller = source.tokenAsync();
    one.seconds(1);
    TokenException why = (TokenException) caller.handle((token, failed) -> failed).join().getCause();
    assertNotNull(why.nextTry(), "the caller hears when it goes on");
    assertEquals(Phase.IN_FLIGHT, one.store.stored("test").phase(), "nobody knows what became of the first try");
    server.always = Fault.NONE;
    one.seconds(11);
    assertTrue(server.accepts(one.token(source)));
    assertFalse(server.revoked);
    assertTrue(one.told(TokenEvent.Type.FAILED) >= 1);
  }

  @Test
  void serverThatDiesInTheMidst_insideTheGrace_isAskedAgainBeforeTheGraceIsOver() throws Exception {
    server.grace = Duration.ofSeconds(60);
    server.lifetime = Duration.ofHours(1);
    TokenSource source = one.start(one.builder().reuseGrace(server.grace).background(true)
        .refreshMargin(Duration.ofMinutes(10)).firstTokens(server.signIn()));
    time.advance(Duration.ofMinutes(50).minusSeconds(1));
    server.faults.add(Fault.LOST_AFTER_COMMIT);
    server.always = Fault.NOT_SENT;
    // The ordinary pauses would try again after 31 seconds and after 63.
    one.seconds(40);
    server.always = Fault.NONE;
    time.advance(Duration.ofMinutes(11));
    assertTrue(server.accepts(source.token()), "beyond the end of the token that was held");
    assertEquals(1, server.graceReplays);
    assertFalse(server.revoked);
  }

  @Test
  void failureOfTheOldFamily_isNotChargedToTheNewOne() throws Exception {
    for (Fault fault : new Fault[] {Fault.NEEDS_USER, Fault.CONFIGURATION, Fault.UNAVAILABLE}) {
      TokenSource source = one.startSignedIn();
      one.seconds(61);
      server.faults.add(fault);
      server.lifetime = Duration.ofSeconds(20);
      TokenSet anew = server.signIn();
      server.lifetime = Duration.ofSeconds(60);
      one.beforeAnswer = () -> {
        one.beforeAnswer = () -> {};
        assertStored(anew);
      };
      CompletableFuture<String> caller = source.tokenAsync();
      time.run();
      assertEquals(anew.accessToken(), caller.join(), "who waited gets the new token");
      assertEquals(anew.accessToken(), source.token());
      one.seconds(21);
      assertTrue(server.accepts(one.token(source)), "and no old pause holds up its refresh");
      one.close();
      one.store.drop("test");
    }
  }

  private void assertStored(TokenSet anew) {
    try {
      one.client.storeTokens(null, anew);
    } catch (TokenException e) {
      throw new AssertionError(e);
    }
  }

  /** Each operation of the store takes so long, by the clock and by the ticker. */
  private TokenStore slow(Duration operation) {
    return new TokenStore() {
      @Override
      public Snapshot read(String key) throws IOException {
        time.advance(operation);
        return one.store.read(key);
      }

      @Override
      public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
        time.advance(operation);
        return one.store.compareAndSet(key, expected, next);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"600,10", "1100,", "1100,10", "2500,", "2500,10", "600,4", "20,10"})
  void slowStore_isAllowedFor(long millis, Long graceSeconds) throws Exception {
    Duration grace = graceSeconds == null ? null : Duration.ofSeconds(graceSeconds);
    server.grace = grace == null ? Duration.ZERO : grace;
    TokenSource source = one.start(one.builder().store(slow(Duration.ofMillis(millis))).reuseGrace(grace)
        .waitTimeout(Duration.ofSeconds(20)).firstTokens(server.signIn()));
    long[] left = {Long.MAX_VALUE};
    one.beforeAnswer = () ->
        left[0] = Math.min(left[0], one.store.stored("test").leaseUntil() - time.currentTimeMillis());
    for (int i = 0; i < 3; i++) {
      one.seconds(61);
      CompletableFuture<String> caller = source.tokenAsync();
      one.seconds(20);
      assertTrue(server.accepts(caller.join()));
      assertEquals(i + 1, server.calls, "presented once a time");
    }
    boolean renewed = grace != null && grace.toSeconds() >= 4;
    long needed = renewed ? millis : OneNode.ATTEMPT.toMillis();
    assertTrue(left[0] >= needed, "the lease could have run out under the call: " + left[0] + " ms were left");
  }

  @Test
  void storeThatHasBecomeQuickAgain_isAllowedForNoMore() throws Exception {
    server.grace = Duration.ofSeconds(30);
    TokenStore slow = slow(Duration.ofMillis(600));
    boolean[] quick = new boolean[1];
    TokenSource source = one.start(one.builder().reuseGrace(server.grace).firstTokens(server.signIn())
        .store(new TokenStore() {
          @Override
          public Snapshot read(String key) throws IOException {
            return quick[0] ? one.store.read(key) : slow.read(key);
          }

          @Override
          public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
            return quick[0] ? one.store.compareAndSet(key, expected, next) : slow.compareAndSet(key, expected, next);
          }
        }));
    long[] length = new long[1];
    one.beforeAnswer = () -> length[0] = one.store.stored("test").leaseLength();
    one.seconds(61);
    one.token(source);
    assertTrue(length[0] >= 1800, "while it is slow: " + length[0]);
    quick[0] = true;
    for (int i = 0; i < 20; i++) {
      one.seconds(61);
      one.token(source);
    }
    assertTrue(length[0] < 1100, "a dead owner is replaced as soon as ever: " + length[0]);
  }

  @Test
  void processThatStandsStillBetweenTimerAndLanding_goesOnRefreshing() throws Exception {
    TokenSource source = one.start(one.builder().background(true).firstTokens(server.signIn()));
    for (int i = 0; i < 5; i++) {
      one.beforeAnswer = () -> time.advance(Duration.ofMinutes(3));
      one.seconds(240);
      one.beforeAnswer = () -> {};
      one.seconds(240);
      assertTrue(server.accepts(source.accessTokenNow().value()), "without anybody asking");
    }
  }

  // --- small inputs

  @Test
  void waitTimeoutZero_neverWaits_andRefreshesAllTheSame() throws Exception {
    TokenSource source = one.start(one.builder().waitTimeout(Duration.ZERO).firstTokens(server.signIn()));
    one.seconds(61);
    CompletableFuture<String> caller = source.tokenAsync();
    time.run();
    CompletionException why = null;
    try {
      caller.join();
    } catch (CompletionException e) {
      why = e;
    }
    if (why != null) assertEquals(TokenException.Reason.TIMEOUT, TokenException.in(why).reason());
    assertEquals(1, server.calls);
    assertTrue(server.accepts(source.token()));
  }

  @Test
  void retryAfterZero_doesNotCancelTheLongPauseOfAWrongConfiguration() throws Exception {
    one.start(one.builder().background(true).firstTokens(server.signIn()));
    server.always = Fault.CONFIGURATION;
    server.retryAfter = Duration.ZERO;
    RefreshCoordinator client = one.client;
    for (int i = 0; i < 110; i++) {
      client.application().tokenAsync();
      one.seconds(1);
    }
    assertTrue(server.calls <= 2, "asked within a minute of failing: " + server.calls);
  }

  @Test
  void storeDown_rotatingWithoutIt_aRejectedTokenIsPresentedOnceAndItsDeathToldOnce() throws Exception {
    TokenSource source = one.start(one.builder().rotateWithoutStore(true).background(true)
        .firstTokens(server.signIn()));
    one.store.failReads = true;
    one.store.failWrites = true;
    server.revoked = true;
    for (int i = 0; i < 100; i++) {
      source.tokenAsync();
      one.seconds(1);
    }
    assertEquals(1, server.calls);
    assertEquals("REJECTED", one.token(source));
    one.store.failReads = false;
    one.store.failWrites = false;
    one.seconds(20);
    source.tokenAsync();
    one.seconds(20);
    assertEquals(Phase.DEAD, one.store.stored("test").phase(), "and noted down when it can be");
    assertEquals(1, server.calls);
    assertEquals(1, one.told(TokenEvent.Type.DEAD));
  }

  @Test
  void tokenOfOneSecond_withoutTraffic_isNotRenewedAllTheTime() throws Exception {
    server.lifetime = Duration.ofSeconds(1);
    one.start(one.builder().background(true).firstTokens(server.signIn()));
    one.seconds(60);
    assertTrue(server.calls >= 1 && server.calls <= 12, "asked in a minute: " + server.calls);
  }

  // --- tokens of unknown end

  @Test
  void opaqueToken_endpointDown_isServedUntilItIsRejected() throws Exception {
    AtomicBoolean down = new AtomicBoolean();
    TokenSource source = one.startWithOpaqueToken(down);
    assertEquals("opaque", one.token(source));
    down.set(true);
    for (int hour = 0; hour < 24; hour++) {
      time.advance(Duration.ofHours(1));
      assertEquals("opaque", one.token(source));
    }
    down.set(false);
    one.seconds(61);
    assertEquals("opaque", one.token(source));
  }

  // --- readings of clocks

  @Test
  void storeClockThatIsSetBack_givesNoTokenMoreThanItsLifetime() throws Exception {
    one.startSignedIn();
    time.shiftWallClock(Duration.ofHours(-1));
    RefreshCoordinator other = one.builder().build();
    try {
      other.start();
      one.seconds(61);
      assertTrue(other.application().isExpired(), "an hour more by that clock");
      assertTrue(server.accepts(one.token(other.application())));
    } finally {
      other.close();
    }
  }
}
