package org.everbearer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.everbearer.benchmarks.peers.Peers;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/** {@link HotPath} with one thread and with eight. */
final class HotPathTable {
  private HotPathTable() {}

  static void measure(Report report) throws Exception {
    Map<Peers, RunResult> alone = run(1);
    Map<Peers, RunResult> eight = run(8);
    report.columns("valid token", "ns, 1 thread", "± ns", "× floor", "ns, 8 threads", "± ns", "× floor", "B/op");
    BarChart chart = new BarChart("A valid token, eight threads", "nanoseconds per call");
    double floor1 = Jmh.nanos(alone.get(Peers.FLOOR));
    double floor8 = Jmh.nanos(eight.get(Peers.FLOOR));
    alone.forEach((peer, one) -> {
      RunResult all = eight.get(peer);
      report.row(peer.title(), Jmh.nanos(one), Jmh.error(one), Jmh.nanos(one) / floor1, Jmh.nanos(all),
          Jmh.error(all), Jmh.nanos(all) / floor8, Jmh.bytes(one));
      chart.bar(peer.title(), Jmh.nanos(all), Report.number(Jmh.nanos(all)) + " ns", peer == Peers.EVERBEARER);
    });
    report.note(Jmh.settings());
    report.chart(chart.svg());
  }

  private static Map<Peers, RunResult> run(int threads) throws RunnerException {
    Map<Peers, RunResult> results = new LinkedHashMap<>();
    for (RunResult result : Jmh.run(HotPath.class, threads)) {
      results.put(Peers.valueOf(result.getParams().getParam("peer")), result);
    }
    return results;
  }
}
