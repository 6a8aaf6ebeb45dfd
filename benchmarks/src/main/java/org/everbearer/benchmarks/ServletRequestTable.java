package org.everbearer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@link ServletRequests}: what the filter and the interceptor together add to a servlet request. */
final class ServletRequestTable {
  private static final Map<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put("FILTER", "the filter alone, no call");
    TITLES.put("APPLICATION", "one call, `identity=application`");
    TITLES.put("SESSION", "one call, `identity=session`");
    TITLES.put("APPLICATION_3", "three calls, `identity=application`");
    TITLES.put("SESSION_3", "three calls, `identity=session`");
  }

  private ServletRequestTable() {}

  static void measure(Report report) throws Exception {
    Map<String, Jmh.Sample> samples = Jmh.run(ServletRequests.class, 1);
    report.columns("a servlet request and its calls", "without, CPU ns", "with, CPU ns", "median", "added, ns",
        "without, B", "added, B");
    TITLES.forEach((name, title) -> {
      Jmh.Sample with = samples.get(name);
      Jmh.Sample without = samples.get(name.endsWith("_3") ? "NONE_3" : "NONE");
      boolean calls = !name.equals("FILTER");
      double before = calls ? without.cpu() : 0;
      long bytes = calls ? without.bytes() : 0;
      report.row(title, calls ? before : "–", with.cpu(), with.cpuMedian(), with.cpu() - before, bytes,
          with.bytes() - bytes);
    });
    report.note("A Tomcat request with a session, asynchronous processing allowed; in it calls as in exec-handler."
        + " Without: the same calls with neither filter nor interceptor.")
        .note(Jmh.settings());
  }
}
