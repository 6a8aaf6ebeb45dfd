package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.everbearer.AccessToken;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenRecord;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model of {@link ClusterModelTest} with whoever else may come between: people, configuration, clocks, slow stores,
 * gateways. Beside its invariants these are checked:
 *
 * <ol>
 *   <li>NO_OLD_PAIR: a pair that was seen before is never presented, from wherever it comes back.
 *   <li>NO_FOREIGN_FAILURE: what becomes of the refresh of one family is not charged to the next one.
 *   <li>NO_SIGN_OUT: an identity that is let go of on one node lives on where it is used.
 * </ol>
 */
class ClusterActorsTest {
  private static final int RUNS = Integer.getInteger("everbearer.model.runs", 250);
  private static final AtomicInteger ALL = new AtomicInteger();
  private static final UnaryOperator<ModelServer> NO_GRACE = server -> server;
  private static final UnaryOperator<ModelServer> SAME_PAIR = server -> {
    server.grace = ModelCluster.GRACE;
    return server;
  };

  private static void explore(Consumer<Choices> scenario) {
    int runs = new Explorer(RUNS).explore(scenario);
    ALL.addAndGet(runs);
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  @AfterAll
  static void count() {
    System.out.println("Cluster model, with others: " + ALL.getAndSet(0) + " interleavings were run");
  }

  // --- pairs that come back

  @Test
  void nodeThatStartsWithAnOldPair_whileTheOtherRefreshes() {
    explore(choices -> {
      ModelCluster cluster = new ModelCluster(choices, NO_GRACE, new ModelFaults());
      List<TokenRecord> seen = cluster.past(4);
      TokenRecord old = seen.get(choices.next(seen.size()));
      cluster.settings("two").configured = TokenSet.of(
          choices.next(2) == 0 ? old.accessToken() : "accessTokenWasRemoved", old.refreshToken());
      ModelCluster.Actor one = cluster.add("one");
      ModelCluster.Actor two = cluster.add("two");
      one.beginRefresh();
      two.due.add(() -> ModelCluster.quietly(two.client::start));
      two.due.add(two::beginRefresh);
      cluster.toTheEnd();
      assertEquals(1, cluster.server.calls, () -> "NO_OLD_PAIR" + cluster.history());
    });
  }

  @Test
  void olderRecordPutBack_atAnyPoint() {
    explore(choices -> {
      List<TokenRecord> seen = new ArrayList<>();
      ModelCluster cluster = new ModelCluster(choices, SAME_PAIR, new ModelFaults().meddling(1,
          "an older record is put back", c -> c.putBack(seen.get(choices.next(3)))));
      seen.addAll(cluster.past(4));
      for (String name : new String[] {"one", "two"}) ModelCluster.quietly(cluster.add(name).client::start);
      for (ModelCluster.Actor actor : cluster.actors) actor.beginRefresh();
      cluster.run();
      // It is met by whoever refreshes next.
      cluster.time.advance(cluster.server.lifetime);
      cluster.toTheEnd();
    });
  }

  // --- one flight per key within a node

  @Test
  void familyInUse_forgottenAtAnyPoint_presentsOnce() {
    explore(choices -> {
      ModelCluster.Actor[] one = new ModelCluster.Actor[1];
      int[] others = new int[1];
      ModelCluster cluster = new ModelCluster(choices, NO_GRACE, new ModelFaults().meddling(3,
          "too many identities, and one more call", c -> {
            for (int i = 0; i < 2; i++) one[0].client.source("other" + others[0]++);
            one[0].client.source("bob").accessTokenAsync();
          }));
      TokenSource held = bob(cluster, one, 1);
      try {
        held.accessTokenAsync();
        cluster.run();
        held.accessTokenAsync();
        one[0].beginRefresh();
        cluster.run();
        assertEquals(1, cluster.server.calls, () -> "ONE_PRESENTATION" + cluster.history());
        assertTrue(cluster.server.accepts(held.accessTokenNow().value()), () -> "RECOVERY" + cluster.history());
      } finally {
        cluster.stop();
      }
    });
  }

  @Test
  void signOutAndSignIn_withAnOlderSourceInHand() {
    explore(choices -> {
      ModelCluster.Actor[] one = new ModelCluster.Actor[1];
      TokenSet[] anew = new TokenSet[1];
      ModelCluster cluster = new ModelCluster(choices, NO_GRACE, new ModelFaults());
      TokenSource held = bob(cluster, one, 100);
      ModelCluster.Actor person = cluster.new Actor("a person", one[0]);
      try {
        held.accessTokenAsync();
        person.due.add(() -> ModelCluster.quietly(() -> {
          one[0].client.clearTokens("bob");
          anew[0] = cluster.server.signIn();
          one[0].client.storeTokens("bob", anew[0]);
          held.accessTokenAsync();
        }));
        cluster.run();
        AccessToken token = held.accessTokenNow();
        assertNotNull(token, () -> "RECOVERY" + cluster.history());
        assertTrue(cluster.server.accepts(token.value()), () -> "NO_RESURRECTION" + cluster.history());
        assertEquals(anew[0].accessToken(), token.value(), () -> "NO_RESURRECTION" + cluster.history());
        assertFalse(cluster.server.revoked, () -> "NO_REUSE" + cluster.history());
      } finally {
        cluster.stop();
      }
    });
  }

  private static TokenSource bob(ModelCluster cluster, ModelCluster.Actor[] one, int maxIdentities) {
    cluster.put("test/bob", cluster.server.signIn());
    cluster.settings("one").maxIdentities = maxIdentities;
    cluster.settings("one").identity = "bob";
    one[0] = cluster.add("one");
    one[0].helper = cluster.new Actor("one's other worker", one[0]);
    return one[0].source();
  }

  // --- settings, clocks and stores that differ

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void rollingChangeOfRequestTimeoutAndGrace_presentsOnce(boolean oneKnowsGrace, boolean twoKnowsGrace) {
    explore(choices -> {
      ModelCluster cluster = new ModelCluster(choices, SAME_PAIR,
          new ModelFaults().slowCalls(1, Duration.ofSeconds(25)));
      cluster.settings("one").attempt = Duration.ofSeconds(30);
      cluster.settings("two").attempt = Duration.ofSeconds(2);
      if (!oneKnowsGrace) cluster.settings("one").grace = null;
      if (!twoKnowsGrace) cluster.settings("two").grace = null;
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "ONE_PRESENTATION" + cluster.history());
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {60, -60})
  void clockOfTheStoreSteps_atAnyPoint(int seconds) {
    explore(choices -> new ModelCluster(choices, SAME_PAIR, new ModelFaults().losses(1).meddling(1, "the clock steps",
        c -> c.time.shiftWallClock(Duration.ofSeconds(seconds)))).play());
  }

  @ParameterizedTest
  @CsvSource({"600,true", "600,false", "1100,true", "1100,false"})
  void slowStore_presentsOnce(int millis, boolean graceKnown) {
    explore(choices -> {
      ModelCluster cluster = new ModelCluster(choices, graceKnown ? SAME_PAIR : NO_GRACE,
          new ModelFaults().slowStore(Duration.ofMillis(millis)).slowCalls(1, Duration.ofSeconds(4)));
      for (String node : new String[] {"one", "two"}) {
        if (!graceKnown) cluster.settings(node).grace = null;
      }
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "ONE_PRESENTATION" + cluster.history());
    });
  }

  // --- the identity server and what stands before it

  @Test
  void gatewayTimeouts_beforeAndAfterTheCommit() {
    explore(choices -> new ModelCluster(choices, SAME_PAIR, new ModelFaults().losses(1).gatewayTimeouts(1)).play());
  }

  @Test
  void identityServerRestarts_atAnyPoint() {
    explore(choices -> new ModelCluster(choices, SAME_PAIR, new ModelFaults().meddling(1, "the server restarts",
        ModelCluster::restartServer)).play());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NEEDS_USER", "CONFIGURATION", "UNAVAILABLE", "REJECTED", "LOST_AFTER_COMMIT"})
  void signInDuringARefresh_alwaysWins_howeverThatEnds(String end) {
    int runs = new Explorer(RUNS).explore(choices -> {
      ModelCluster cluster = new ModelCluster(choices, NO_GRACE, new ModelFaults());
      cluster.put("test", cluster.server.signIn());
      if (end.equals("REJECTED")) cluster.server.revoked = true;
      else if (!end.isEmpty()) cluster.server.always = Fault.valueOf(end);
      ModelCluster.Actor refreshing = cluster.new Actor("refreshing");
      ModelCluster.Actor signingIn = cluster.new Actor("signing in", refreshing);
      TokenSet anew = TokenSet.of("new-access", "new-refresh").expiresIn(Duration.ofHours(1));
      try {
        refreshing.beginRefresh();
        signingIn.due.add(() -> ModelCluster.quietly(() -> refreshing.client.storeTokens(null, anew)));
        cluster.run();
        assertEquals("new-access", cluster.medium.read("test").record().accessToken(),
            () -> "NO_RESURRECTION" + cluster.history());
        TokenFamily family = (TokenFamily) refreshing.client.application();
        assertEquals("new-access", family.accessTokenNow().value(), () -> "NO_RESURRECTION" + cluster.history());
        assertNull(family.failure(), () -> "NO_FOREIGN_FAILURE" + cluster.history());
      } finally {
        cluster.stop();
      }
    });
    ALL.addAndGet(runs);
    assertTrue(runs > 15, "interleavings: " + runs);
  }

  // --- sessions that move

  @Test
  void sessionLetGoOfOnTheNodeThatItLeft_livesOnWhereItIsUsed() {
    explore(choices -> {
      ModelCluster cluster = new ModelCluster(choices, NO_GRACE, new ModelFaults());
      cluster.put("test/bob", cluster.server.signIn());
      for (String name : new String[] {"one", "two"}) {
        cluster.settings(name).identity = "bob";
        cluster.add(name);
      }
      ModelCluster.Actor left = cluster.actors.get(0);
      ModelCluster.Actor used = cluster.actors.get(1);
      try {
        used.beginRefresh();
        left.due.add(() -> ModelCluster.quietly(() -> left.client.releaseTokens("bob", Duration.ofMinutes(5))));
        cluster.run();
        for (int i = 0; i < 12; i++) {
          cluster.time.advance(Duration.ofMinutes(1));
          used.beginRefresh();
          cluster.run();
          AccessToken token = used.source().accessTokenNow();
          assertTrue(token != null && cluster.server.accepts(token.value()), () -> "NO_SIGN_OUT" + cluster.history());
        }
        assertTrue(cluster.server.standsBy(cluster.medium.read("test/bob").record().refreshToken()),
            () -> "NO_LOSS" + cluster.history());
      } finally {
        cluster.stop();
      }
    });
  }
}
