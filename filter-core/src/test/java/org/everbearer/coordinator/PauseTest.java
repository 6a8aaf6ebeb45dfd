package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that pauses after failures and has no token takes up what another node has brought, and asks nobody. */
class PauseTest {
  private final VirtualTime time = new VirtualTime();
  private final ModelServer server = new ModelServer(time);
  private final FailingStore store = new FailingStore(time);
  private final VirtualTime.Node node = time.node();
  private RefreshCoordinator client;

  /** Eight failures in a row: the pause has become as long as it gets without a token. */
  @BeforeEach
  void failUntilThePauseIsLong() {
    server.always = Fault.UNAVAILABLE;
    client = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(5)))
        .store(store)
        .firstTokens(TokenSet.of(null, server.signIn().refreshToken()))
        .time(time, node, () -> 0)
        .build();
    while (server.calls < 8) {
      client.application().tokenAsync();
      time.advance(Duration.ofSeconds(1));
    }
    time.advance(Duration.ofSeconds(1));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private void otherNodeRefreshes() throws TokenException {
    server.always = Fault.NONE;
    try (RefreshCoordinator other = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(5)))
        .store(store).time(time, time.node(), () -> 0).build()) {
      other.application().tokenAsync();
      time.run();
    }
  }

  private String asked() {
    CompletableFuture<String> token = client.application().tokenAsync();
    time.run();
    assertTrue(token.isDone());
    return token.isCompletedExceptionally() ? null : token.join();
  }

  private Reason refusal() {
    CompletableFuture<String> token = client.application().tokenAsync();
    time.run();
    assertTrue(token.isCompletedExceptionally());
    return token.handle((ok, failed) -> TokenException.in(failed).reason()).join();
  }

  @Test
  void tokenOfAnotherNode_isTakenUp() throws Exception {
    otherNodeRefreshes();
    int calls = server.calls;
    assertTrue(server.accepts(asked()));
    assertEquals(calls, server.calls);
  }

  @Test
  void noTokenAnywhere_failsWithTheCause_andAsksNobody() {
    int calls = server.calls;
    for (int i = 0; i < 4; i++) {
      assertEquals(Reason.TRANSIENT, refusal());
      time.advance(Duration.ofSeconds(1));
    }
    assertEquals(calls, server.calls);
    time.advance(Duration.ofSeconds(6));
    assertEquals(calls + 1, server.calls, "the timer's next try comes when it was due");
  }

  @Test
  void manyCallers_lookOnce() {
    int reads = store.reads;
    for (int i = 0; i < 100; i++) assertEquals(Reason.TRANSIENT, refusal());
    assertEquals(reads + 1, store.reads);
  }

  @Test
  void otherNodeOnItsWay_isWaitedFor() throws Exception {
    TokenRecord idle = store.stored("test");
    long now = store.read("test").now();
    TokenRecord flying = idle.toBuilder().generation(idle.generation() + 1)
        .phase(TokenRecord.Phase.IN_FLIGHT, idle.refreshHash()).lease("other/1", now + 5000).sent(now, 1).build();
    assertTrue(store.compareAndSet("test", idle.generation(), flying));
    CompletableFuture<String> token = client.application().tokenAsync();
    time.advance(Duration.ofSeconds(1));
    assertFalse(token.isDone());
    TokenRecord done = flying.toBuilder().generation(flying.generation() + 1)
        .phase(TokenRecord.Phase.IDLE, idle.refreshHash()).lease("other/1", 0).sent(0, 0)
        .tokens("A9", "R9").expiry(now + 60_000, 60_000).build();
    assertTrue(store.compareAndSet("test", flying.generation(), done));
    time.advance(Duration.ofSeconds(1));
    assertEquals("A9", token.join());
  }

  @Test
  void storeFailsTheLook_callersKeepTheirCause_andItIsNotAskedAgainInThisPause() throws IOException {
    store.failReads = true;
    assertEquals(Reason.TRANSIENT, refusal());
    int reads = store.reads;
    time.advance(Duration.ofSeconds(2));
    assertEquals(Reason.TRANSIENT, refusal());
    assertEquals(reads, store.reads);
    store.failReads = false;
  }

  @Test
  void manualRefreshDuringALook_asksTheEndpoint() {
    server.always = Fault.NONE;
    client.application().tokenAsync();
    client.refreshNow(null);
    time.run();
    assertTrue(server.accepts(asked()));
  }
}
