package org.everbearer.benchmarks;

import java.util.Map;
import org.everbearer.benchmarks.peers.Peers;

/** {@link HotPath} with one thread and with eight. */
final class HotPathTable {
  private HotPathTable() {}

  static void measure(Report report) throws Exception {
    Map<String, Jmh.Sample> alone = Jmh.run(HotPath.class, 1);
    Map<String, Jmh.Sample> eight = Jmh.run(HotPath.class, 8);
    report.columns("valid token", "CPU ns, 1 thread", "median", "× floor", "CPU ns, 8 threads", "× floor",
        "wall ns, 8 threads", "B/op");
    double floor1 = alone.get(Peers.FLOOR.name()).cpu();
    double floor8 = eight.get(Peers.FLOOR.name()).cpu();
    BarChart chart = new BarChart("“Give me the valid token”, eight threads",
        "nanoseconds of processor time for one call; broken bars go on", 10 * floor8);
    alone.forEach((name, one) -> {
      Peers peer = Peers.valueOf(name);
      Jmh.Sample all = eight.get(name);
      report.row(peer.title(), one.cpu(), one.cpuMedian(), one.cpu() / floor1, all.cpu(), all.cpu() / floor8,
          all.wall(), one.bytes());
      chart.bar(peer.title(), all.cpu(), Report.number(all.cpu()) + " ns", peer == Peers.EVERBEARER);
    });
    report.note(Jmh.settings());
    report.chart(chart.svg());
  }
}
