package org.everbearer.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One table in Markdown, with what a reader needs to judge it. */
final class Report {
  private final String name;
  private final List<String> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Report(String name) {
    this.name = name;
  }

  Report columns(String... titles) {
    if (!lines.isEmpty()) lines.add("");
    lines.add(row(titles));
    lines.add("|" + " --- |".repeat(titles.length));
    return this;
  }

  Report row(Object... cells) {
    String[] texts = new String[cells.length];
    for (int i = 0; i < cells.length; i++) texts[i] = text(cells[i]);
    lines.add(row(texts));
    System.err.println(lines.get(lines.size() - 1)); // so that a long run shows its progress
    return this;
  }

  Report note(String text) {
    notes.add(text);
    return this;
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static String text(Object cell) {
    return cell instanceof Double d ? number(d) : String.valueOf(cell);
  }

  /** Three digits that matter. */
  static String number(double value) {
    if (Double.isNaN(value)) return "–";
    double size = Math.abs(value);
    if (size >= 100) return String.format(Locale.ROOT, "%,.0f", value);
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
  }

  void print() throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    text.append("\n");
    notes.forEach(note -> text.append(wrapped(note)));
    text.append('\n').append(wrapped(environment()));
    Files.createDirectories(directory());
    Files.writeString(directory().resolve(name + ".md"), text);
    System.out.print("\n" + text);
  }

  /** As the lines of a README are. */
  private static String wrapped(String note) {
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (String word : note.split(" ")) {
      boolean fits = column + 1 + word.length() <= 120;
      if (column > 0) text.append(fits ? ' ' : '\n');
      column = column > 0 && fits ? column + 1 + word.length() : word.length();
      text.append(word);
    }
    return text.append('\n').toString();
  }

  void chart(String svg) throws IOException {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve(name + ".svg"), svg);
  }

  /** Beside the jar when run from the project, and never in the sources. */
  static Path directory() {
    Path target = Path.of("benchmarks", "target");
    return (Files.isDirectory(target) ? target : Path.of("target")).resolve("results");
  }

  private static String environment() {
    return LocalDate.now(ZoneOffset.UTC) + ", " + Runtime.getRuntime().availableProcessors() + " "
        + System.getProperty("benchmarks.machine", "shared") + " cores (" + System.getProperty("os.arch") + "), "
        + System.getProperty("java.vm.name") + " " + Runtime.version() + ". " + Versions.text();
  }
}
