package org.everbearer.benchmarks;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/** The token endpoint is down, the token is still valid, and eight threads ask without pause. */
final class OutageTable {
  private static final int THREADS = 8;
  private static final long SECONDS = 10;
  private static final Duration LATENCY = Duration.ofMillis(20);
  /** Inside the wide margins, and inside the narrow ones of peers that wait at the end only. */
  private static final Duration[] LEFT = {Duration.ofSeconds(200), Duration.ofSeconds(59)};

  private OutageTable() {}

  static void measure(Report report) throws Exception {
    report.columns("outage, 8 busy threads", "token valid for, s", "failed calls", "calls of the endpoint",
        "a second, after the first");
    for (Duration left : LEFT) {
      for (Peers peers : InMargin.PEERS) measure(report, peers, left);
    }
    report.note("Eight threads call for " + SECONDS + " s; the endpoint fails each call after " + LATENCY.toMillis()
        + " ms. A failed call is one that threw though the token was valid. The target of < 0.5 calls a second is meant"
        + " for the long run: a back-off of 1, 2, 4 s makes three or four calls in these ten seconds.");
  }

  private static void measure(Report report, Peers peers, Duration left) throws Exception {
    StandInEndpoint endpoint = new StandInEndpoint();
    try (Peer peer = InMargin.open(peers, endpoint, left)) {
      endpoint.latency(LATENCY).down();
      long start = System.nanoTime();
      AtomicLong failures = new AtomicLong();
      Callers.platform(THREADS, caller -> {
        while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
          try {
            peer.token();
          } catch (Exception e) {
            failures.incrementAndGet();
          }
          // A request in between, so that two cores show eight threads and not one that spins.
          Thread.sleep(1);
        }
      });
      report.row(peers.title(), left.toSeconds(), failures.get(), endpoint.calls(),
          endpoint.callsAfter(start + 1_000_000_000L) / (double) (SECONDS - 1));
    }
  }
}
