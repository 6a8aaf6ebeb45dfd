package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store or a refresher that says the same for ever: each flight lands, and nobody is asked without a pause. */
class RefusingStoreTest {
  private final VirtualTime time = new VirtualTime();
  private final MemoryTokenStore memory = new MemoryTokenStore(time);
  private final AtomicInteger calls = new AtomicInteger();
  private boolean refusing;
  private TokenRecord shown;

  /** Reads show a row, perhaps an old one; writes are ignored. */
  private final TokenStore store = new TokenStore() {
    @Override
    public Snapshot read(String key) {
      calls.incrementAndGet();
      return shown == null ? memory.read(key) : new Snapshot(shown, time.currentTimeMillis());
    }

    @Override
    public boolean compareAndSet(String key, long expected, TokenRecord next) {
      calls.incrementAndGet();
      return !refusing && memory.compareAndSet(key, expected, next);
    }
  };

  private RefreshCoordinator client(TokenRefresher refresher) throws TokenException {
    RefreshCoordinator client = RefreshCoordinator.builder("test", refresher).store(store).background(false)
        .firstTokens(TokenSet.of(null, "R1")).time(time, time.node(), () -> 0.5).build();
    client.start();
    return client;
  }

  private TokenException failureOf(RefreshCoordinator client) {
    CompletableFuture<AccessToken> outcome = client.refreshNow(null);
    for (int i = 0; i < 400 && !outcome.isDone(); i++) time.advance(Duration.ofMillis(100));
    assertTrue(outcome.isCompletedExceptionally(), "the flight lands");
    return (TokenException) outcome.handle((token, why) -> why).join();
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class, names = {"TRANSIENT", "NOT_SENT", "REJECTED", "CONFIGURATION", "AMBIGUOUS"})
  void writesThatAreIgnoredFromThePresentationOn(Reason answer) throws Exception {
    try (RefreshCoordinator client = client(current -> {
      refusing = true;
      throw new TokenException(answer, "no");
    })) {
      failureOf(client);
      assertTrue(calls.get() < 500, "asked the store " + calls + " times");
    }
  }

  @Test
  void readsThatLagBehindWrites() throws Exception {
    try (RefreshCoordinator client = client(current -> TokenSet.of("A" + calls, "R" + calls).expiresIn(Duration.ofHours(1)))) {
      TokenRecord old = memory.read("test").record();
      client.refreshNow(null);
      time.run();
      shown = old;
      calls.set(0);
      assertEquals(Reason.STORE, failureOf(client).reason());
      assertTrue(calls.get() < 500, "asked the store " + calls + " times");
    }
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class)
  void refresherThatAlwaysThrows_isPaused(Reason reason) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (RefreshCoordinator client = client(current -> {
      asked.incrementAndGet();
      throw new TokenException(reason, "no");
    })) {
      for (int i = 0; i < 100; i++) {
        client.application().accessTokenAsync();
        time.advance(Duration.ofMillis(10));
      }
      assertTrue(asked.get() <= 4, "asked " + asked + " times in a second");
    }
  }
}
