package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes, one store, one server with rotation and reuse detection: every interleaving, up to a bound, of their
 * reads, writes, calls and replies, with crashes, pauses and lost replies at every point.
 *
 * <p>Invariants, checked after every run and named where they are checked:
 *
 * <ol>
 *   <li>NO_REUSE: the server never sees a spent refresh token outside its grace window.
 *   <li>NO_LOSS: when everything has come to rest, the store holds a pair that the server stands by.
 *   <li>RECOVERY: every surviving node has a valid token again without help.
 *   <li>ONE_PRESENTATION: without faults the refresh token is presented exactly once, whoever does it.
 *   <li>NO_RESURRECTION: a refresh that is on its way when a new family is stored cannot bring back the old one.
 *   <li>RENEWED: a process that lives keeps its lease for as long as a call may take, so nobody presents the token too.
 * </ol>
 */
class ClusterModelTest {
  /** As many as a build can spare; the property is for a machine that has a night. */
  private static final int RUNS = Integer.getInteger("everbearer.model.runs", 1_000);

  private final UnaryOperator<ModelServer> samePairInTheGrace = server -> {
    server.grace = ModelCluster.GRACE;
    return server;
  };
  private final UnaryOperator<ModelServer> newPairInTheGrace = server -> {
    server.grace = ModelCluster.GRACE;
    server.newPairPerReplay = true;
    return server;
  };
  private final UnaryOperator<ModelServer> noGrace = server -> server;
  private final UnaryOperator<ModelServer> noGraceNoRevocation = server -> {
    server.revokesOnReuse = false;
    return server;
  };

  private static final AtomicInteger ALL = new AtomicInteger();

  /** Runs and counts. */
  static int explored(int bound, Consumer<Choices> scenario) {
    int runs = new Explorer(bound).explore(scenario);
    ALL.addAndGet(runs);
    return runs;
  }

  @AfterAll
  static void count() {
    System.out.println("Cluster model: " + ALL.getAndSet(0) + " interleavings were run");
  }

  @Test
  void everyInterleavingWithoutFaults_rotatesOnce() {
    int runs = explored(100_000, choices -> {
      ModelCluster cluster = new ModelCluster(choices, noGrace, ModelFaults.NONE);
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "ONE_PRESENTATION" + cluster.history());
    });
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithALostReply_keepsTheFamily() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, samePairInTheGrace, new ModelFaults().losses(1)).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithACrash_keepsTheFamily() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, samePairInTheGrace, new ModelFaults().crashes(1)).play());
    assertTrue(runs > 200, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithAPauseLongerThanTheLease_keepsTheFamily() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, samePairInTheGrace, new ModelFaults().pauses(1, "")).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void lostReplyCrashAndPauseTogether_keepTheFamily() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, samePairInTheGrace, new ModelFaults().losses(1).crashes(1).pauses(1, "")).play());
    assertTrue(runs > 500, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingOfACallThatTakesLongerThanALease_presentsOnce() {
    int runs = explored(RUNS, choices -> {
      ModelCluster cluster = new ModelCluster(choices, samePairInTheGrace,
          new ModelFaults().slowCalls(1, ModelCluster.ATTEMPT));
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "RENEWED" + cluster.history());
    });
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  /** The process lives and would renew for ever, but its call hangs: the family is not to hang with it. */
  @Test
  void everyInterleavingOfACallThatHangs_givesTheLeaseUp() {
    int runs = explored(RUNS, choices -> {
      ModelCluster cluster = new ModelCluster(choices, samePairInTheGrace,
          new ModelFaults().slowCalls(1, ModelCluster.PAUSES[1]));
      cluster.play();
      assertEquals(2, cluster.server.calls, () -> "RENEWED" + cluster.history());
    });
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  /** Two answers to one token: the one that was asked for later must win, whoever saves first. */
  @Test
  void pausedOwnerWithAnOlderAnswer_doesNotReplaceTheNewerOne() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, newPairInTheGrace, new ModelFaults().pauses(1, "commit")).play());
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  /** The other node was told "invalid_grant" for a token that the paused owner had spent with success. */
  @Test
  void pausedOwnerWithTheOnlyAnswer_revivesTheFamilyThatWasDeclaredDead() {
    int runs = explored(RUNS, choices ->
        new ModelCluster(choices, noGraceNoRevocation, new ModelFaults().pauses(1, "")).play());
    assertTrue(runs > 50, "interleavings: " + runs);
  }
}
