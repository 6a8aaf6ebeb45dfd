package org.everbearer.benchmarks;

final class IdentitiesTable {
  private IdentitiesTable() {}

  static void measure(Report report) throws Exception {}
}
