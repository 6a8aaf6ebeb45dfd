package org.everbearer.benchmarks;

import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/** {@link Sessions} with one thread and with eight. */
final class SessionsTable {
  private static final String[] ROWS = {"floor", "everbearer", "caffeine", "spring"};

  private SessionsTable() {}

  static void measure(Report report) throws Exception {
    Map<String, RunResult> alone = run(1);
    Map<String, RunResult> eight = run(8);
    report.columns("one of 100,000 identities", "ns, 1 thread", "± ns", "× floor", "ns, 8 threads", "± ns", "× floor",
        "B/op");
    for (String row : ROWS) {
      RunResult one = alone.get(row);
      RunResult all = eight.get(row);
      report.row(row, Jmh.nanos(one), Jmh.error(one), Jmh.nanos(one) / Jmh.nanos(alone.get("floor")), Jmh.nanos(all),
          Jmh.error(all), Jmh.nanos(all) / Jmh.nanos(eight.get("floor")), Jmh.bytes(one));
    }
    report.note("The floor reads an array of 100,000 cells in the same random order: it pays for the same cache misses"
        + " but for no lookup by name.").note(Jmh.settings());
  }

  private static Map<String, RunResult> run(int threads) throws RunnerException {
    Map<String, RunResult> results = new HashMap<>();
    for (RunResult result : Jmh.run(Sessions.class, threads)) {
      String name = result.getParams().getBenchmark();
      results.put(name.substring(name.lastIndexOf('.') + 1), result);
    }
    return results;
  }
}
