package org.everbearer.benchmarks;

import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/** In the refresh margin: the token is still valid, and 64 callers come at once. */
final class MarginTable {
  private static final int CALLERS = 64;

  private MarginTable() {}

  static void measure(Report report) throws Exception {
    report.columns("in the refresh margin, 64 callers", "waited for the refresh", "refreshes", "slowest caller, ms",
        "failures");
    for (Peers peers : InMargin.PEERS) {
      round(peers);
      StandInEndpoint endpoint = new StandInEndpoint();
      try (Peer peer = InMargin.open(peers, endpoint)) {
        endpoint.latency(StampedeTable.REFRESH);
        Callers.Outcome outcome = Callers.platform(CALLERS, caller -> peer.token());
        Thread.sleep(StampedeTable.REFRESH.toMillis() * 2);
        report.row(peers.title(), outcome.waited(), endpoint.calls(), outcome.slowestMillis(), outcome.failures());
      }
    }
    report.note("The token has 200 s to live, a refresh takes 100 ms, and a caller has waited if its own call took more"
        + " than 20 ms. Where there was no refresh at all the peer knows no margin or has a smaller one: its callers"
        + " will wait later. Everbearer runs without its timer, which would have refreshed before anybody asks.");
  }

  private static void round(Peers peers) throws Exception {
    try (Peer peer = InMargin.open(peers, new StandInEndpoint())) {
      peer.token();
    }
  }
}
