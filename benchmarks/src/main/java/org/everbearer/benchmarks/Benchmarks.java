package org.everbearer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code java -jar benchmarks.jar TABLE}: measures one table, prints it as Markdown and keeps it beside the jar. */
public final class Benchmarks {
  private static final Map<String, Table> TABLES = new LinkedHashMap<>();

  static {
    TABLES.put("hot-path", HotPathTable::measure);
    TABLES.put("sessions", SessionsTable::measure);
    TABLES.put("exec-handler", ExecHandlerTable::measure);
    TABLES.put("servlet-request", ServletRequestTable::measure);
    TABLES.put("stampede", StampedeTable::measure);
    TABLES.put("users", UsersTable::measure);
    TABLES.put("margin", MarginTable::measure);
    TABLES.put("outage", OutageTable::measure);
    TABLES.put("loopback", LoopbackTable::measure);
    TABLES.put("nodes", NodesTable::measure);
    TABLES.put("identities", IdentitiesTable::measure);
    TABLES.put("heap", HeapTable::measure);
    TABLES.put("start", StartTable::measure);
  }

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    if (args.length == 1 && args[0].equals("readme")) {
      Readme.update();
      return;
    }
    Table table = args.length == 1 ? TABLES.get(args[0]) : null;
    if (table == null) {
      System.err.println("usage: java -jar benchmarks.jar TABLE, where TABLE is one of " + TABLES.keySet()
          + ", or readme, which puts the tables measured so far into benchmarks/README.md");
      System.exit(2);
    }
    Report report = new Report(args[0]);
    table.measure(report);
    report.print();
    System.exit(0); // some peers leave threads behind
  }

  private interface Table {
    void measure(Report report) throws Exception;
  }
}
