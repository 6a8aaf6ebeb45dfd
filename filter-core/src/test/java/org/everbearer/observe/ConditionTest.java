package org.everbearer.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page as it comes, and the page when its script runs, have the same words. */
class ConditionTest {
  private static final Pattern BADGES = Pattern.compile("const BADGES = \\{(.*?)};", Pattern.DOTALL);

  @Test
  void wordsAndColours_areThoseOfTheScript() throws Exception {
    String script = Files.readString(Path.of("src/main/resources/org/everbearer/servlet/timeline.js"));
    Matcher badges = BADGES.matcher(script);
    badges.find();
    Map<String, String> live = new TreeMap<>();
    Matcher badge = Pattern.compile("(\\w+): \\['(.*?)', '(\\w+)']").matcher(badges.group(1));
    while (badge.find()) live.put(badge.group(1), badge.group(2) + " " + badge.group(3));
    Map<String, String> plain = new TreeMap<>();
    for (Condition each : Condition.values()) plain.put(each.name(), each.badge + " " + each.kind);
    assertEquals(plain, live);
  }
}
