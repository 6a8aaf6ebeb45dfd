package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every link from page to page leads to a file, and to a heading in it. */
class DocsLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("^ *```.*?^ *```|`[^`\n]*`", Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void everyRelativeLink_leadsSomewhere() throws Exception {
    List<String> pages = new ArrayList<>(Docs.pages());
    pages.addAll(List.of("RATIONALE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "benchmarks/README.md"));
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (String page : pages) {
      Matcher link = LINK.matcher(CODE.matcher(Docs.text(page)).replaceAll(""));
      for (; link.find(); links++) if (!leads(page, link.group(1))) broken.add(page + " -> " + link.group(1));
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 50, links + " links");
  }

  /** The tours through the code, of which each stop is there. */
  @Test
  void everyStopOfTheTours_isThere() throws Exception {
    String text = Docs.text("CONTRIBUTING.md");
    Matcher stop = Pattern.compile("`(src|test)/([\\w/]+\\.java)`").matcher(text);
    List<String> missing = new ArrayList<>();
    int stops = 0;
    for (; stop.find(); stops++) {
      String folder = stop.group(1).equals("src") ? "main" : "test";
      Path file = Docs.ROOT.resolve("filter-core/src/" + folder + "/java/org/everbearer").resolve(stop.group(2));
      if (!Files.exists(file)) missing.add(stop.group());
    }
    assertEquals(List.of(), missing);
    assertTrue(stops > 20, stops + " stops");
    assertEquals(6, Pattern.compile("^- \\*\\*.*\\.\\*\\* ", Pattern.MULTILINE).matcher(text).results().count(), "tours");
  }

  @Test
  void everyPage_isLinkedFromTheReadme() throws Exception {
    String readme = Docs.text("README.md");
    for (String page : Docs.pages()) assertTrue(page.equals("README.md") || readme.contains("](" + page), page);
  }

  @Test
  void aBrokenLink_isFound() throws Exception {
    assertTrue(leads("docs/users.md", "guarantees.md#guaranteed"));
    assertTrue(!leads("docs/users.md", "guarantees.md#guaranteedd"));
    assertTrue(!leads("docs/users.md", "README.md"));
  }

  private static boolean leads(String page, String link) throws IOException {
    if (link.contains("://")) return true;
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? Docs.ROOT.resolve(page) : Docs.ROOT.resolve(page).resolveSibling(file).normalize();
    return Files.exists(target) && (hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1)));
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new TreeSet<>();
    Matcher heading = Pattern.compile("^#+ +(.+)$", Pattern.MULTILINE).matcher(text);
    while (heading.find()) {
      anchors.add(heading.group(1).strip().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
    }
    return anchors;
  }
}
