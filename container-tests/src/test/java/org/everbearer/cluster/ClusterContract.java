package org.everbearer.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenEvent;
import org.everbearer.TokenSet;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.everbearer.runner.standin.StandInStats;
import org.everbearer.runner.standin.TokenPair;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several processes with 16 threads each on one store, tokens of two seconds, a server that revokes a family whose spent
 * refresh token comes back, and every second a {@code kill -9}.
 */
abstract class ClusterContract {
  static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("cluster.seconds", 10));
  static final Duration GRACE = Duration.ofSeconds(10);
  private static final double LOST = 0.07;
  private static final double LOST_IN_CRASH_LOOP = 0.15;
  private static final int RUNS = Integer.getInteger("cluster.runs", 1);
  private static final Duration ENOUGH_FOR_A_MEAN = Duration.ofMinutes(1);
  private static final StandInOptions SERVER = StandInOptions.defaults()
      .withAccessTokenLifetime(Duration.ofSeconds(2))
      .withRefreshLatency(Duration.ofMillis(5))
      .withAlgorithm("ES256");

  /** {@code file:PATH}, or the URL of a database; a new and empty one. */
  abstract String store() throws Exception;

  abstract int nodes();

  @Test
  void nodesKilledAndRepliesLost_noFamilyIsRevokedAndNoCallerFails() throws Exception {
    try (StandIn server = server(GRACE)) {
      server.loseReplies(LOST);
      NodeSettings node = node(server, GRACE, NodeSettings.IN_GRACE);
      survives(server, node, nodes(node), LENGTH, second -> { });
    }
  }

  /**
   * Each process is killed when it has lived for two seconds, of which it needs a part to begin, and a third of the
   * replies is lost or late: so owners die one after another, and a takeover has little time.
   */
  @Test
  @Tag("minutes")
  void twoNodesKilledInTurn_noTokenIsPresentedOutsideTheGrace() throws Exception {
    for (int run = 1; run <= RUNS; run++) killedInTurn(LENGTH.dividedBy(2));
  }

  final void killedInTurn(Duration length) throws Exception {
    try (StandIn server = server(GRACE)) {
      server.loseReplies(LOST_IN_CRASH_LOOP);
      NodeSettings node = node(server, GRACE, NodeSettings.IN_GRACE).late(LOST_IN_CRASH_LOOP);
      TokenPair first = first(server);
      Cluster cluster = new Cluster(List.of(node, node), first);
      try (cluster) {
        cluster.start();
        cluster.killInTurn(length);
      }
      report(getClass().getSimpleName() + ", killed in turn for " + length.toSeconds() + " s: " + cluster.kills + " killed, "
          + cluster.killsInFlight.size() + " of them in flight, takeovers after " + cluster.takeovers() + " ms; "
          + server.stats());
      keep(cluster);
      assertEquals(List.of(), bugs(cluster), "the nodes said");
      assertEquals(0, server.stats().reuses(), "spent refresh tokens presented after the grace");
      server.loseReplies(0);
      goesOn(server, node, first);
      assertEquals(0, server.stats().familiesRevoked());
      assertTrue(cluster.kills >= length.toSeconds() / 2, "killed: " + cluster.kills);
    }
  }

  @Test
  @Tag("minutes")
  void noGrace_aFamilyIsRevokedOnlyAfterADeathBetweenCommitAndSave() throws Exception {
    try (StandIn server = server(Duration.ZERO)) {
      NodeSettings node = node(server, Duration.ZERO, NodeSettings.NO_GRACE);
      TokenPair first = first(server);
      Cluster cluster = new Cluster(nodes(node), first);
      try (cluster; RefreshCoordinator signIn = newcomer(node, first, new CountDownLatch(1))) {
        cluster.start();
        Attribution attribution = new Attribution();
        long from = System.currentTimeMillis();
        cluster.killOneEverySecond(LENGTH, 8, second -> {
          if (!attribution.isNew(server.stats().reuses(), cluster)) return;
          TokenPair next = server.newFamily("user_1", "org_1");
          signIn.storeTokens(null, TokenSet.of(next.accessToken(), next.refreshToken()));
        });
        report(getClass().getSimpleName() + ", no grace: " + new Verdict(cluster, from, System.currentTimeMillis(), server.stats().rotations()) + "; "
            + server.stats().familiesRevoked() + " families revoked");
        assertEquals(List.of(), bugs(cluster), "the nodes said");
        assertTrue(server.stats().familiesRevoked() <= cluster.killsInFlight.size() + cluster.unclear());
        assertTrue(cluster.killsInFlight.size() > 0, "the window was never hit");
      }
    }
  }

  /** Which deaths, and which replies slower than the time-out, may have caused which revocation. */
  private static final class Attribution {
    private long revocations;
    private int causes;

    boolean isNew(long reuses, Cluster cluster) {
      if (reuses == revocations) return false;
      int now = cluster.killsInFlight.size() + cluster.unclear();
      assertTrue(now > causes, "a family was revoked, and nobody died between the server's commit and the save");
      revocations = reuses;
      causes = now;
      return true;
    }
  }

  /** With what each node begins that finds nothing in the store. */
  TokenPair first(StandIn server) {
    return server.newFamily("user_1", "org_1");
  }

  /** What each node is told. */
  List<NodeSettings> nodes(NodeSettings each) {
    List<NodeSettings> all = new ArrayList<>();
    for (int i = 0; i < nodes(); i++) all.add(each);
    return all;
  }

  NodeSettings node(StandIn server, Duration grace, Duration requestTimeout) throws Exception {
    return new NodeSettings(server.baseUri().toString(), store(), grace, requestTimeout, Duration.ZERO, 0);
  }

  static StandIn server(Duration grace) throws Exception {
    return StandIn.start(SERVER.withReuseGrace(grace));
  }

  /** Runs the cluster and asserts everything that is promised inside the grace. */
  final void survives(StandIn server, NodeSettings node, List<NodeSettings> all, Duration length, Cluster.Beside beside)
      throws Exception {
    Verdict verdict = outlives(server, node, all, length, beside);
    assertEquals(List.of(), verdict.needless, "callers failed though a node had a valid token");
    // A lifetime is counted from its receipt, so that it ends later by what the reply took.
    assertTrue(verdict.longestOverdue <= node.requestTimeout().toMillis(), verdict::toString);
    // Within a tenth, and one at either end of the run. In seconds there is no mean: a takeover is a lifetime or two.
    boolean minutes = length.compareTo(ENOUGH_FOR_A_MEAN) >= 0;
    assertTrue(verdict.tokens <= verdict.expected * 1.1 + (minutes ? 1 : 3), verdict::toString);
    if (minutes) assertTrue(verdict.tokens >= verdict.expected * 0.9 - 1, verdict::toString);
    else assertTrue(verdict.tokens > 0, verdict::toString);
    assertTrue(verdict.unseen <= verdict.killsInFlight + 1, verdict::toString);
  }

  /** Runs the cluster and asserts that the family lives on. */
  final Verdict outlives(StandIn server, NodeSettings node, List<NodeSettings> all, Duration length,
      Cluster.Beside beside) throws Exception {
    TokenPair first = first(server);
    Cluster cluster = new Cluster(all, first);
    StandInStats before;
    StandInStats after;
    long from;
    long until;
    try (cluster) {
      cluster.start();
      from = System.currentTimeMillis();
      before = server.stats();
      // One kill in flight costs a takeover of a second and more, in which nobody can have a new token.
      cluster.killOneEverySecond(length, 15, beside);
      after = server.stats();
      until = System.currentTimeMillis();
    }
    Verdict verdict = new Verdict(cluster, from, until, after.rotations() - before.rotations());
    report(getClass().getSimpleName() + ": " + verdict + "; " + server.stats());
    keep(cluster);
    assertEquals(List.of(), bugs(cluster), "the nodes said");
    server.loseReplies(0);
    goesOn(server, node, first);
    assertEquals(0, server.stats().reuses(), "spent refresh tokens presented after the grace");
    assertEquals(0, server.stats().familiesRevoked());
    assertEquals(0, server.stats().deadTokens());
    assertTrue(cluster.kills >= length.toSeconds() / 2, "killed: " + cluster.kills);
    return verdict;
  }

  private void keep(Cluster cluster) throws IOException {
    Files.write(Path.of(System.getProperty("cluster.timelines", "target"), getClass().getSimpleName() + ".timeline"),
        cluster.timeline);
  }

  static void report(String text) {
    System.out.println(text);
  }

  /** Processes that broke, and replies of the API that no valid token may get. */
  private static List<String> bugs(Cluster cluster) {
    return cluster.notes.stream().filter(note -> note.matches("\\S+ (BUG|Exception|Error|CHAT \\d+ \\d+ 5).*")).toList();
  }

  /** A new process finds tokens in the store that the servers accept. */
  static void goesOn(StandIn server, NodeSettings node, TokenPair first) throws Exception {
    CountDownLatch refreshed = new CountDownLatch(1);
    try (RefreshCoordinator newcomer = newcomer(node, first, refreshed)) {
      newcomer.start();
      // Without regard to the back-off: what counts is that the server accepts the stored token in the end.
      boolean done = false;
      for (int i = 0; i < 60 && !done; i++) {
        newcomer.refreshNow(null);
        done = refreshed.await(1, TimeUnit.SECONDS);
      }
      assertTrue(done, () -> "the stored refresh token is not accepted: " + server.stats());
      String token = newcomer.application().token();
      int status = chat(server, token);
      if (status == 401) {
        // The pair came from a replay, and the server had made it longer ago than a token lives.
        newcomer.application().invalidate(token);
        status = chat(server, newcomer.application().token());
      }
      assertEquals(2, status / 100);
    }
  }

  private static int chat(StandIn server, String token) throws IOException {
    HttpURLConnection chat = (HttpURLConnection) server.baseUri().resolve("/v1/sessions").toURL().openConnection();
    chat.setRequestMethod("POST");
    chat.setRequestProperty("Authorization", "Bearer " + token);
    return chat.getResponseCode();
  }

  static RefreshCoordinator newcomer(NodeSettings node, TokenPair first, CountDownLatch refreshed) throws Exception {
    return node.client(TokenSet.of(first.accessToken(), first.refreshToken()), node.refresher(), node.openStore())
        .background(false)
        .listener(event -> {
          if (event.type() == TokenEvent.Type.REFRESHED) refreshed.countDown();
        })
        .build();
  }
}
