package org.everbearer.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/** An expired token, and everybody asks at once. */
final class StampedeTable {
  static final Duration REFRESH = Duration.ofMillis(100);
  private static final int ROUNDS = 5;
  private static final Peers[] PEERS = {Peers.EVERBEARER_ON_DEMAND, Peers.SYNCHRONIZED, Peers.GOOGLE,
      Peers.CAFFEINE, Peers.AWS, Peers.AZURE, Peers.SPRING, Peers.MSAL4J};

  private record Round(int refreshes, Callers.Outcome outcome) {}

  private interface Crowd {
    Callers.Outcome call(Peer peer) throws Exception;
  }

  private StampedeTable() {}

  static void measure(Report report) throws Exception {
    report.columns("expired token", "callers", "refreshes", "slowest caller, ms", "median caller, ms", "failures");
    BarChart chart = new BarChart("512 callers meet an expired token", "calls of the token endpoint, and the slowest"
        + " caller; a refresh takes 100 ms", Double.POSITIVE_INFINITY);
    rows(report, "64 threads", null, peer -> Callers.platform(64, caller -> peer.token()));
    rows(report, "512 threads", chart, peer -> Callers.platform(512, caller -> peer.token()));
    boolean virtual = Callers.virtual(1, caller -> {}) != null;
    if (virtual) rows(report, "2,000 virtual threads", null, peer -> Callers.virtual(2000, caller -> peer.token()));
    else report.note("Virtual threads: run the same command on Java 21 or later.");
    report.note("A refresh takes 100 ms. Each row is the median of " + ROUNDS + " rounds after one that is thrown"
        + " away (refreshes and failures: the most of any), each with a fresh instance. Times count from the common"
        + " start and include waking the threads up; the floor, which refreshes nothing, shows what that takes."
        + " Everbearer runs without its timer, which would have refreshed before anybody"
        + " asks.");
    report.chart(chart.svg());
  }

  private static void rows(Report report, String callers, BarChart chart, Crowd crowd) throws Exception {
    Peer sleeping = () -> {
      Thread.sleep(REFRESH.toMillis());
      return "none";
    };
    List<Callers.Outcome> floors = new ArrayList<>();
    crowd.call(sleeping);
    for (int i = 0; i < ROUNDS; i++) floors.add(crowd.call(sleeping));
    report.row("floor: each caller sleeps for 100 ms", callers, "–",
        median(floors.stream().map(Callers.Outcome::slowestMillis).toList()),
        median(floors.stream().map(Callers.Outcome::medianMillis).toList()), 0);
    for (Peers peer : PEERS) {
      List<Round> rounds = new ArrayList<>();
      round(peer, crowd);
      for (int i = 0; i < ROUNDS; i++) rounds.add(round(peer, crowd));
      int refreshes = rounds.stream().mapToInt(Round::refreshes).max().orElse(0);
      double slowest = median(rounds.stream().map(round -> round.outcome.slowestMillis()).toList());
      report.row(peer.title(), callers, refreshes, slowest,
          median(rounds.stream().map(round -> round.outcome.medianMillis()).toList()),
          rounds.stream().mapToInt(round -> round.outcome.failures()).max().orElse(0));
      if (chart == null) continue;
      chart.bar(peer.title(), refreshes, refreshes + " (" + Math.round(slowest) + " ms)",
          peer == Peers.EVERBEARER_ON_DEMAND);
    }
  }

  private static Round round(Peers peers, Crowd crowd) throws Exception {
    StandInEndpoint endpoint = new StandInEndpoint().lifetime(Duration.ofSeconds(1));
    try (Peer peer = peers.open(endpoint)) {
      peer.token();
      Thread.sleep(1100);
      endpoint.lifetime(Duration.ofHours(1)).latency(REFRESH).forgetCalls();
      Callers.Outcome outcome = crowd.call(peer);
      return new Round(endpoint.calls(), outcome);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
