package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.junit.jupiter.api.Test;

/** The store fails: before a refresh, after the server has rotated, and for good. */
class StoreFailureTest {
  private final VirtualTime time = new VirtualTime();
  private final VirtualTime.Node node = time.node();
  private final ModelServer server = new ModelServer(time);
  private final FailingStore store = new FailingStore(time);

  private RefreshCoordinator.Builder builder() {
    return RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .store(store)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .time(time, node, () -> 0);
  }

  private RefreshCoordinator start(RefreshCoordinator.Builder builder) throws TokenException {
    RefreshCoordinator client = builder.build();
    client.start();
    time.run();
    return client;
  }

  @Test
  void unwritableStore_liveTokenIsServedToItsEnd_andNothingIsSpent() throws Exception {
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()))) {
      store.failWrites = true;
      time.advance(Duration.ofSeconds(59));
      assertEquals("A2", client.application().token());
      time.advance(Duration.ofSeconds(2));
      TokenException failure = assertThrows(TokenException.class, client.application()::token);
      assertEquals(Reason.STORE, failure.reason());
      assertTrue(failure.getMessage().contains("failing store"), failure.getMessage());
      assertEquals(0, server.calls, "no refresh token is presented that could not be noted down before");
      store.failWrites = false;
      time.advance(Duration.ofSeconds(11));
      assertTrue(server.accepts(client.application().token()));
    }
  }

  @Test
  void failedSave_servesFromMemory_andSavesLater() throws Exception {
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()))) {
      store.failWritesAfter = 1;
      time.advance(Duration.ofSeconds(51));
      assertEquals("A4", client.application().token());
      assertEquals("A2", store.stored("test").accessToken());
      time.advance(Duration.ofSeconds(3));
      store.failWritesAfter = Integer.MAX_VALUE;
      time.advance(Duration.ofSeconds(5));
      assertEquals("A4", store.stored("test").accessToken());
      assertEquals("R3", store.stored("test").refreshToken());
      time.advance(Duration.ofMinutes(5));
      assertTrue(server.accepts(client.application().token()));
      assertFalse(server.revoked);
    }
  }

  @Test
  void failedSave_isTriedOnceMoreAtClose() throws Exception {
    RefreshCoordinator client = start(builder().firstTokens(server.signIn()));
    store.failWritesAfter = 1;
    time.advance(Duration.ofSeconds(51));
    store.failWritesAfter = Integer.MAX_VALUE;
    client.close();
    assertEquals("A4", store.stored("test").accessToken());
  }

  @Test
  void writeThatWasAppliedButReportedAsFailed_isRecognised() throws Exception {
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()))) {
      store.failAfterApplying = true;
      time.advance(Duration.ofSeconds(55));
      store.failAfterApplying = false;
      time.advance(Duration.ofMinutes(3));
      assertTrue(server.accepts(client.application().token()));
      assertFalse(server.revoked);
    }
  }

  @Test
  void rotateWithoutStore_goesOnInMemory_andSavesTheNewestPairInTheEnd() throws Exception {
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()).rotateWithoutStore(true))) {
      store.failWrites = true;
      store.failReads = true;
      for (int i = 0; i < 300; i++) {
        time.advance(Duration.ofSeconds(1));
        assertTrue(server.accepts(client.application().token()), "second " + i);
      }
      assertTrue(server.commits >= 5);
      store.failWrites = false;
      store.failReads = false;
      time.advance(Duration.ofSeconds(61));
      assertEquals(client.application().token(), store.stored("test").accessToken());
      assertFalse(server.revoked);
    }
  }

  @Test
  void rotateWithoutStore_lostReply_isStillReplayedOnlyInsideTheGrace() throws Exception {
    server.grace = Duration.ofSeconds(10);
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()).rotateWithoutStore(true)
        .reuseGrace(server.grace))) {
      store.failWrites = true;
      for (int i = 0; i < 3; i++) server.faults.add(Fault.LOST_AFTER_COMMIT);
      time.advance(Duration.ofSeconds(59));
      assertTrue(server.accepts(client.application().token()));
      assertFalse(server.revoked);
      assertEquals(1, server.commits);
    }
  }

  @Test
  void removedRecord_isWrittenAgainFromMemory() throws Exception {
    try (RefreshCoordinator client = start(builder().firstTokens(server.signIn()))) {
      time.advance(Duration.ofSeconds(51));
      store.drop("test");
      time.advance(Duration.ofMinutes(2));
      assertTrue(server.accepts(client.application().token()));
      assertFalse(server.revoked, "the configured, long spent pair was not taken up again");
    }
  }

  @Test
  void unreadableStoreAtStart_isTriedAgain() throws Exception {
    store.failReads = true;
    RefreshCoordinator client = builder().firstTokens(server.signIn()).build();
    assertEquals(Reason.STORE, assertThrows(TokenException.class, client::start).reason());
    store.failReads = false;
    time.advance(Duration.ofSeconds(10));
    assertEquals("A2", client.application().token());
    client.close();
  }

  @Test
  void impossibleTokenInTheStore_isRefusedWithItsPlace_andNeverPresented() throws Exception {
    store.compareAndSet("test", 0, TokenRecord.builder().tokens("access", "refresh\r\nX-Evil: 1").build());
    try (RefreshCoordinator client = builder().build()) {
      TokenException failure = assertThrows(TokenException.class, client::start);
      assertEquals(Reason.CONFIGURATION, failure.reason());
      assertTrue(failure.getMessage().contains("failing store"), failure.getMessage());
      assertFalse(failure.getMessage().contains("Evil"), failure.getMessage());
      time.advance(Duration.ofMinutes(1));
      assertEquals(0, server.calls);
    }
  }

  /** A memory store whose failures are switched on and off. */
}
