package org.everbearer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@link Sessions} with one thread and with eight. */
final class SessionsTable {
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put("floor", "floor (volatile read, clock read)");
    TITLES.put("map", "a plain map from the id to such a cell");
    TITLES.put("everbearer", "Everbearer");
    TITLES.put("caffeine", "Caffeine");
    TITLES.put("spring", "Spring Security");
  }

  private SessionsTable() {}

  static void measure(Report report) throws Exception {
    Map<String, Jmh.Sample> alone = Jmh.run(Sessions.class, 1);
    Map<String, Jmh.Sample> eight = Jmh.run(Sessions.class, 8);
    report.columns("one of 100,000 identities", "CPU ns, 1 thread", "median", "× floor", "CPU ns, 8 threads",
        "× floor", "wall ns, 8 threads", "B/op");
    TITLES.forEach((name, title) -> {
      Jmh.Sample one = alone.get(name);
      Jmh.Sample all = eight.get(name);
      report.row(title, one.cpu(), one.cpuMedian(), one.cpu() / alone.get("floor").cpu(), all.cpu(),
          all.cpu() / eight.get("floor").cpu(), all.wall(), one.bytes());
    });
    report.note("The floor reads an array of 100,000 cells in the same random order, without looking for anything by name;"
        + " the map is a ConcurrentHashMap.").note(Jmh.settings());
  }
}
