package org.everbearer.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample's two WARs, unchanged, in real containers, started as their users start them. The table of what was seen
 * is written to {@code target/containers.md}.
 */
class ContainersIT {
  private static final int AT_A_TIME = 4;

  private final List<DynamicTest> tests = new ArrayList<>();

  @TestFactory
  Collection<DynamicTest> everyContainer_servesTheSameWar(@TempDir Path directory) throws Exception {
    List<Outcome> all = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    try (Runner runner = Runner.start("--port", "0", "--access-token-lifetime", "3s")) {
      Wars javax = Wars.of(directory.resolve("javax"), true);
      Wars jakarta = Wars.of(directory.resolve("jakarta"), false);
      Map<String, Future<Map<Row, Outcome>>> running = new LinkedHashMap<>();
      byContainer().forEach((name, rows) -> running.put(name, threads.submit((Callable<Map<Row, Outcome>>)
          () -> new Scenario(rows, directory.resolve(name), runner, old -> old ? javax : jakarta).run())));
      for (Map.Entry<String, Future<Map<Row, Outcome>>> container : running.entrySet()) {
        collect(container.getKey(), container.getValue(), all);
      }
      tests.add(spentTokens(runner.stats(), byContainer().size()));
    } finally {
      threads.shutdownNow();
    }
    Files.writeString(Path.of(System.getProperty("containers.table")), table(all));
    return tests;
  }

  private static Map<String, List<Row>> byContainer() {
    return Row.wanted().stream().collect(Collectors.groupingBy(Row::container, LinkedHashMap::new, Collectors.toList()));
  }

  private void collect(String container, Future<Map<Row, Outcome>> running, List<Outcome> all) throws Exception {
    try {
      running.get().forEach((row, outcome) -> {
        all.add(outcome);
        tests.add(dynamicTest(row.toString(), () -> assertEquals("", String.join("\n", outcome.failures()))));
      });
    } catch (java.util.concurrent.ExecutionException e) {
      tests.add(dynamicTest(container, () -> {
        throw e.getCause();
      }));
    }
  }

  private static DynamicTest spentTokens(JsonObject stats, int containers) {
    return dynamicTest("no refresh token is spent twice", () -> {
      assertEquals(0, stats.get("reuses").getAsLong());
      assertEquals(0, stats.get("familiesRevoked").getAsLong());
      assertTrue(stats.get("rotations").getAsLong() >= 3L * containers, stats::toString);
    });
  }

  private static String table(List<Outcome> all) {
    StringBuilder text = new StringBuilder("Java " + System.getProperty("java.version") + "\n\n");
    List<String> columns = all.stream().flatMap(row -> row.cells().keySet().stream()).distinct().toList();
    line(text, columns);
    line(text, columns.stream().map(column -> "---").toList());
    for (Outcome row : all) line(text, columns.stream().map(column -> row.cells().getOrDefault(column, "")).toList());
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
