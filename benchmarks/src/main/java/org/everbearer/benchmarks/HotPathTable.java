package org.everbearer.benchmarks;

import java.util.Map;
import org.everbearer.benchmarks.peers.Peers;

/** {@link HotPath} with one thread and with eight. */
final class HotPathTable {
  private HotPathTable() {}

  static void measure(Report report) throws Exception {
    Map<String, Jmh.Sample> alone = Jmh.run(HotPath.class, 1);
    Map<String, Jmh.Sample> eight = Jmh.run(HotPath.class, 8);
    report.columns("valid token", "ns, 1 thread", "quartiles", "× floor", "ns, 8 threads", "quartiles", "× floor",
        "B/op");
    BarChart chart = new BarChart("A valid token, eight threads", "nanoseconds per call");
    double floor1 = alone.get(Peers.FLOOR.name()).nanos();
    double floor8 = eight.get(Peers.FLOOR.name()).nanos();
    alone.forEach((name, one) -> {
      Peers peer = Peers.valueOf(name);
      Jmh.Sample all = eight.get(name);
      report.row(peer.title(), one.nanos(), one.quartiles(), one.nanos() / floor1, all.nanos(), all.quartiles(),
          all.nanos() / floor8, one.bytes());
      chart.bar(peer.title(), all.nanos(), Report.number(all.nanos()) + " ns", peer == Peers.EVERBEARER);
    });
    report.note(Jmh.settings());
    report.chart(chart.svg());
  }
}
