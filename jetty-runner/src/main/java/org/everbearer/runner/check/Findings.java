package org.everbearer.runner.check;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints what was found as it is found, and counts it. */
final class Findings {
  private final PrintStream out;
  private int problems;
  private int warnings;
  private int open;

  Findings(PrintStream out) {
    this.out = out;
  }

  /** What somebody else wrote, perhaps in several lines, as one. */
  static String line(String text) {
    return String.valueOf(text).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }

  void heading(String text) {
    out.println("\n" + line(text));
  }

  /** How things are; neither good nor bad. */
  void fact(String text) {
    out.println("           " + line(text));
  }

  void good(String text) {
    out.println("  ok       " + line(text));
  }

  void problem(String text) {
    problems++;
    out.println("  PROBLEM  " + line(text));
  }

  void warning(String text) {
    warnings++;
    out.println("  warning  " + line(text));
  }

  /** What cannot be known here. */
  void open(String text) {
    open++;
    out.println("  open     " + line(text));
  }

  /** Shown at once, since something is about to happen. */
  void notice(String text) {
    out.println("  NOTE     " + line(text));
    out.flush();
  }

  int problems() {
    return problems;
  }

  void summary() {
    List<String> parts = new ArrayList<>();
    parts.add(count(problems, "problem"));
    if (warnings > 0) parts.add(count(warnings, "warning"));
    if (open > 0) parts.add(open + " open until it runs in the container");
    out.println("\n" + String.join(", ", parts) + ".");
    out.flush();
  }

  private static String count(int count, String what) {
    return (count == 0 ? "no" : count) + " " + what + (count == 1 ? "" : "s");
  }
}
