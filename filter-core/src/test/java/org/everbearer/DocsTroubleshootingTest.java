package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages by which somebody finds a symptom are those that the library writes. */
class DocsTroubleshootingTest {
  private static final Pattern SYMPTOM = Pattern.compile("^\\| (.*?) \\| ", Pattern.MULTILINE);

  @Test
  void everyQuotedMessage_isInTheSources() throws Exception {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
      }
    }
    List<String> unknown = new ArrayList<>();
    int known = 0;
    Matcher symptom = SYMPTOM.matcher(Docs.text("docs/troubleshooting.md"));
    while (symptom.find()) {
      for (String words : quoted(symptom.group(1))) {
        if (sources.indexOf(words) < 0) unknown.add(words);
        else known++;
      }
    }
    assertEquals(List.of(), unknown);
    assertTrue(known > 10, known + " messages");
  }

  /** Pieces of more than one word; what a container or the JVM says of itself is not ours. */
  private static List<String> quoted(String symptom) {
    List<String> pieces = new ArrayList<>();
    Matcher code = Pattern.compile("`([^`]+)`").matcher(symptom);
    while (code.find()) {
      for (String piece : code.group(1).replaceFirst("^\\w+(Exception|Error): ", "").split("…")) {
        if (piece.strip().contains(" ")) pieces.add(piece.strip());
      }
    }
    return pieces;
  }
}
