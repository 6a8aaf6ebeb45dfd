package org.everbearer.benchmarks;

import java.time.Duration;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/** In the refresh margin: the token is still valid, and 64 callers come at once. */
final class MarginTable {
  private static final int CALLERS = 64;
  /** Long beside what a busy machine keeps a thread waiting. */
  private static final Duration REFRESH = Callers.WAITED.multipliedBy(2);

  private MarginTable() {}

  static void measure(Report report) throws Exception {
    report.columns("in the refresh margin, 64 callers", "waited for the refresh", "refreshes", "slowest caller, ms",
        "failures");
    for (Peers peers : InMargin.PEERS) {
      StandInEndpoint endpoint = new StandInEndpoint();
      try (Peer peer = InMargin.open(peers, endpoint)) {
        endpoint.latency(REFRESH);
        Callers.Outcome outcome = Callers.platform(CALLERS, caller -> peer.token());
        Thread.sleep(REFRESH.toMillis() * 2);
        report.row(peers.title(), outcome.waited(), endpoint.calls(), outcome.slowestMillis(), outcome.failures());
      }
    }
    report.note("The token has 200 s to live, a refresh takes 1 s, and a caller has waited if its own call took more"
        + " than half of that. Where there was no refresh at all the peer knows no margin or has a smaller one: its"
        + " callers will wait later."
        + " Everbearer runs without its timer, which would have refreshed before anybody asks.");
  }
}
