package org.everbearer.benchmarks;

final class StartTable {
  private StartTable() {}

  static void measure(Report report) throws Exception {}
}
