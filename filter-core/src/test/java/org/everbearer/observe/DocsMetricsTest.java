package org.everbearer.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.everbearer.Docs;
import org.junit.jupiter.api.Test;

/** What the production page says of metrics and JSON is what there is. */
class DocsMetricsTest {
  private static final String PAGE = "docs/production.md";

  @Test
  void everyMetric_isThere_andNoOther() throws Exception {
    String page = Docs.text(PAGE);
    Set<String> names = new TreeSet<>();
    Matcher type = Pattern.compile("# TYPE (\\w+)").matcher(PrometheusText.of(List.of(), false));
    while (type.find()) names.add(type.group(1));
    assertTrue(names.size() > 10, names.toString());
    for (String name : names) assertTrue(page.contains("`" + name + "`"), name);
    Matcher named = Pattern.compile("everbearer_\\w+").matcher(page.replace("everbearer_tokens", ""));
    while (named.find()) {
      String name = named.group().replaceAll("_seconds_(count|sum)$", "_seconds");
      assertTrue(names.contains(name), name + " is documented but does not exist");
    }
  }

  @Test
  void everyMember_isInTheJson() throws Exception {
    Path sources = Path.of("src/main/java/org/everbearer/observe");
    String code = Files.readString(sources.resolve("StateJson.java")) + Files.readString(sources.resolve("Timeline.java"));
    Matcher member = Pattern.compile("(?:addProperty\\(|json\\.add\\(|put\\(json, )\"(\\w+)\"").matcher(code);
    String page = Docs.text(PAGE);
    Set<String> members = new TreeSet<>();
    while (member.find()) members.add(member.group(1));
    assertTrue(members.size() > 30, members.toString());
    for (String name : members) {
      assertTrue(page.contains("\"" + name + "\":") || page.contains("`" + name + "`"), name);
    }
    for (String json : Docs.snippets(PAGE, "json")) JsonParser.parseString(json);
  }

  @Test
  void everyState_isNamed() throws Exception {
    String page = Docs.text(PAGE);
    for (Condition condition : Condition.values()) assertTrue(page.contains("`" + condition + "`"), condition.name());
    assertEquals(1, Docs.snippets(PAGE, "json").size());
  }
}
