package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.everbearer.Docs;
import org.junit.jupiter.api.Test;

/** The page of parameters has each that exists, once, and no other. */
class DocsParametersTest {
  private static final Pattern ROW = Pattern.compile("^\\| (`\\w+`(?:, `\\w+`)*) \\|", Pattern.MULTILINE);

  @Test
  void theTables_haveEachParameterOnce() throws Exception {
    List<String> documented = rows("docs/parameters.md");
    assertEquals(new TreeSet<>(Parameters.names()), new TreeSet<>(documented));
    assertEquals(documented.size(), Set.copyOf(documented).size(), "each in one table");
  }

  @Test
  void theReadmesTable_hasFewOfThem() throws Exception {
    List<String> few = rows("README.md");
    assertTrue(few.size() >= 8 && few.size() < 16, few.toString());
    assertTrue(Parameters.names().containsAll(few), few.toString());
  }

  /** A default that the tables name in parentheses at the end of a row is the default. */
  @Test
  void theDefaults_areTrue() throws Exception {
    Matcher row = Pattern.compile("^\\| `(\\w+)` \\|.* \\(`([^`]+)`\\)(?:\\. .*)? \\|$", Pattern.MULTILINE)
        .matcher(Docs.text("docs/parameters.md"));
    int rows = 0;
    for (; row.find(); rows++) {
      String name = row.group(1);
      String text = Parameters.ALL_PARAMETERS.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow().defaultText();
      assertEquals(text, row.group(2), name);
    }
    assertTrue(rows >= 8, rows + " rows");
  }

  private static List<String> rows(String page) throws Exception {
    List<String> names = new ArrayList<>();
    Matcher row = ROW.matcher(Docs.text(page));
    while (row.find()) for (String name : row.group(1).split(", ")) names.add(name.replace("`", ""));
    return names;
  }
}
