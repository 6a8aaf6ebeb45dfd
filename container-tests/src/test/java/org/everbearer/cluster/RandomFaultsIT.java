package org.everbearer.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.refresh.SessionRefresh;
import org.everbearer.refresh.TokenEndpoint;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.everbearer.runner.standin.TokenPair;
import org.everbearer.store.FileTokenStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many rotations in one process, one after the other, while the network to the token endpoint and the disk fail at
 * random. Refreshes are asked for without regard to the back-off, so that it takes seconds and not hours.
 */
class RandomFaultsIT {
  private static final int ROTATIONS = Integer.getInteger("cluster.rotations", 60);
  private static final double NETWORK_FAULTS = 0.3;
  private static final double STORE_FAULTS = 0.1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(10);

  @TempDir Path directory;

  @ParameterizedTest(name = "rotateWithoutStore={0}")
  @ValueSource(booleans = {false, true})
  void randomFaults_noTokenIsPresentedTwiceOutsideTheGraceAndNoneIsLost(boolean rotate) throws Exception {
    long seed = System.nanoTime();
    StandInOptions options = StandInOptions.defaults().withReuseGrace(GRACE).withAlgorithm("ES256");
    try (StandIn server = StandIn.start(options)) {
      TokenPair first = server.newFamily("user_1", "org_1");
      FaultyStore store =
          new FaultyStore(FileTokenStore.at(directory.resolve("tokens")), STORE_FAULTS, seed);
      LinkedBlockingQueue<TokenEvent> outcomes = new LinkedBlockingQueue<>();
      try (FaultyEndpoint endpoint = new FaultyEndpoint(server.baseUri().resolve(SessionRefresh.PATH),
              first.refreshToken(), GRACE.toNanos(), NETWORK_FAULTS, seed);
          RefreshCoordinator coordinator = client(endpoint, store, first, rotate, outcomes);
          Callers callers = new Callers(coordinator)) {
        rotate(ROTATIONS, server, coordinator, outcomes);
        System.out.println("rotateWithoutStore=" + rotate + ", seed " + seed + ": " + server.stats() + "; "
            + endpoint.counts + "; the store failed " + store.failed + " times; " + callers.served + " calls served");
        assertEquals(List.of(), endpoint.wrongs);
        assertEquals(null, callers.failure.get(), "a caller failed though a valid token was held");
        assertTrue(callers.served.get() > 0);
        store.mend();
        rotate(server.stats().rotations() + 1, server, coordinator, outcomes);
        assertEquals(List.of(), endpoint.wrongs);
      }
      assertEquals(0, server.stats().familiesRevoked());
      assertEquals(0, server.stats().deadTokens());
      ClusterContract.goesOn(server, new NodeSettings(server.baseUri().toString(),
          "file:" + directory.resolve("tokens"), GRACE, NodeSettings.IN_GRACE, Duration.ZERO, 0), first);
    }
  }

  private static RefreshCoordinator client(FaultyEndpoint endpoint, FaultyStore store, TokenPair first, boolean rotate,
      LinkedBlockingQueue<TokenEvent> outcomes) {
    TokenEndpoint http = TokenEndpoint.builder("faults").base(endpoint.base(), SessionRefresh.PATH)
        .requestTimeout(Duration.ofMillis(300)).build();
    return RefreshCoordinator.builder("cluster", SessionRefresh.builder(http).build())
        .store(store)
        .firstTokens(TokenSet.of(first.accessToken(), first.refreshToken()))
        .reuseGrace(GRACE)
        .rotateWithoutStore(rotate)
        .listener(event -> {
          switch (event.type()) {
            case REFRESHED, FAILED -> outcomes.add(event);
            default -> { }
          }
        })
        .build();
  }

  private static void rotate(long rotations, StandIn server, RefreshCoordinator coordinator,
      LinkedBlockingQueue<TokenEvent> outcomes) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (long before = 0, now; (now = server.stats().rotations()) < rotations; before = now) {
      if (now > before) deadline = System.nanoTime() + PATIENCE.toNanos();
      assertTrue(System.nanoTime() - deadline < 0, "no rotation for " + PATIENCE);
      coordinator.refreshNow(null);
      // A refresh that finds its work done by an earlier one, whose save had seemed to fail, says nothing.
      outcomes.poll(100, TimeUnit.MILLISECONDS);
    }
  }

  /** Ask for the token all the time; none of them may fail, since its lifetime is long. */
  private static final class Callers implements AutoCloseable {
    final AtomicLong served = new AtomicLong();
    final AtomicReference<String> failure = new AtomicReference<>();
    private volatile boolean stopped;

    Callers(RefreshCoordinator coordinator) throws TokenException, InterruptedException {
      while (!isStarted(coordinator)) Thread.sleep(10); // an outage lasts a third of a second
      coordinator.application().token();
      for (int i = 0; i < 4; i++) {
        Thread thread = new Thread(() -> call(coordinator));
        thread.setDaemon(true);
        thread.start();
      }
    }

    private static boolean isStarted(RefreshCoordinator coordinator) throws TokenException {
      try {
        coordinator.start();
        return true;
      } catch (TokenException e) {
        if (e.reason() != TokenException.Reason.STORE) throw e;
        return false;
      }
    }

    private void call(RefreshCoordinator coordinator) {
      while (!stopped) {
        try {
          coordinator.application().token();
          served.incrementAndGet();
          Thread.sleep(1);
        } catch (TokenException e) {
          failure.set(e.toString());
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() {
      stopped = true;
    }
  }
}
