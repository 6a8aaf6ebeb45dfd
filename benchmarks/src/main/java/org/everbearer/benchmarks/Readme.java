package org.everbearer.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Puts the measured tables into the README, each between its two markers, and the charts beside it. */
final class Readme {
  private static final Path FOLDER = Path.of("benchmarks");

  private Readme() {}

  static void update() throws IOException {
    Path readme = FOLDER.resolve("README.md");
    String text = Files.readString(readme);
    List<Path> results;
    try (Stream<Path> files = Files.list(Report.directory())) {
      results = files.sorted().toList();
    }
    for (Path result : results) {
      String name = result.getFileName().toString();
      if (name.endsWith(".svg")) Files.copy(result, FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      if (name.endsWith(".md")) text = replaced(text, name.substring(0, name.length() - 3), Files.readString(result));
    }
    Files.writeString(readme, text);
  }

  private static String replaced(String text, String table, String measured) {
    String begin = "<!-- " + table + " -->\n";
    String end = "<!-- end of " + table + " -->\n";
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) throw new IllegalStateException("the README has no place for the table " + table);
    return text.substring(0, from) + begin + "\n" + measured + "\n" + text.substring(to);
  }
}
