package org.everbearer.containers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of a row. Written by the thread of its scenario and one other that chats meanwhile. */
final class Outcome {
  private final String container;
  private final String flavour;
  private final Map<String, String> cells = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  Outcome(Row row, Path home) {
    this.container = home.getFileName() + (row.environment().isEmpty() ? "" : " " + row.environment());
    this.flavour = row.isJavax() ? "javax" : "jakarta";
  }

  /** A failure stands, whatever comes later. */
  synchronized void put(String column, String text) {
    cells.putIfAbsent(column, text);
    if (text.endsWith(" s")) cells.put(column, text);
  }

  synchronized void fail(String column, Exception failure) {
    cells.put(column, "**no**");
    String text = column + ": " + failure;
    if (!failures.contains(text)) failures.add(text);
  }

  synchronized void addLog(String log) {
    failures.add(log);
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  synchronized Map<String, String> cells() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("container", container);
    all.put("JAR", flavour);
    all.putAll(cells);
    return all;
  }
}
