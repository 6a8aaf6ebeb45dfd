package org.everbearer.containers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** All that is done to one container, from its start to its stop, for each of its rows. */
final class Scenario {
  /** Three lifetimes of the stand-in's tokens, and a little more. */
  private static final Duration CHAT = Duration.ofMillis(9500);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final List<Row> rows;
  private final Path base;
  private final Runner runner;
  private final Function<Boolean, Wars> wars;
  private final Map<Row, Outcome> outcomes = new LinkedHashMap<>();
  private ContainerProcess container;

  /** @param wars those for javax.servlet, or those for jakarta.servlet */
  Scenario(List<Row> rows, Path base, Runner runner, Function<Boolean, Wars> wars) {
    this.rows = rows;
    this.base = base;
    this.runner = runner;
    this.wars = wars;
  }

  private interface Step {
    void run(Row row) throws Exception;
  }

  Map<Row, Outcome> run() throws Exception {
    Path home = rows.get(0).kind().home(rows.get(0).version());
    for (Row row : rows) outcomes.put(row, new Outcome(row, home));
    // All the applications in the container share the one family, and each deployment finds what the last one left.
    container = ContainerProcess.start(home, Files.createDirectories(base), rows, runner,
        Map.of("EVERBEARER_SAMPLE_CHAT_PROXY_STORE", "file:" + base.resolve("tokens")));
    try {
      step("deploy", row -> deploy(row, "chat", wars.apply(row.isJavax()).sample).await("health", 200));
      if (outcomes.values().stream().anyMatch(outcome -> !outcome.failures().isEmpty())) {
        for (Outcome outcome : outcomes.values()) outcome.addLog(container.log());
        return outcomes;
      }
      chatWhile(() -> {
        step("parameters only, async", this::dropIn);
        step("metadata-complete", this::complete);
        // WildFly links all classes of a deployment before any of them runs, and says itself which one it misses.
        if (rows.get(0).kind() != Kind.WILDFLY) step("wrong JAR is named", this::wrong);
      });
      step("undeploy, no leak", this::undeploy);
      awaitNothingLeft();
      step("redeploy", this::redeploy);
      stop();
    } finally {
      container.close();
    }
    return outcomes;
  }

  private void step(String column, Step step) {
    for (Row row : rows) {
      try {
        step.run(row);
        outcomes.get(row).put(column, "yes");
      } catch (Exception e) {
        outcomes.get(row).fail(column, e);
      }
    }
  }

  private void chatWhile(Runnable others) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Future<?> chats = threads.submit(() -> {
        long end = System.nanoTime() + CHAT.toNanos();
        do {
          step("chat for 3 lifetimes", row -> visitor(row, "chat").chatOnce());
          step("event stream", row -> visitor(row, "chat").streamOnce());
          LockSupport.parkNanos(100_000_000);
        } while (System.nanoTime() < end);
      });
      others.run();
      chats.get();
    } finally {
      threads.shutdownNow();
    }
  }

  private void dropIn(Row row) throws Exception {
    Visitor visitor = deploy(row, "drop-in", wars.apply(row.isJavax()).dropIn);
    visitor.await("async", 200);
    visitor.chatOnce();
  }

  private void complete(Row row) throws Exception {
    Visitor visitor = deploy(row, "complete", wars.apply(row.isJavax()).complete);
    visitor.await("health", 200);
    visitor.chatOnce();
  }

  private void wrong(Row row) throws Exception {
    String remedy = row.isJavax() ? "with <classifier>javax</classifier>" : "the one without a classifier";
    int before = container.log().split(remedy, -1).length;
    Visitor visitor = deploy(row, "wrong", wars.apply(!row.isJavax()).sample);
    await(() -> container.log().split(remedy, -1).length > before, "the log does not say: " + remedy);
    if (visitor.get("health").status() == 200) throw new IllegalStateException("the wrong JAR was deployed");
  }

  private void undeploy(Row row) throws Exception {
    for (String name : List.of("drop-in", "complete", "wrong", "chat")) container.undeploy(name(row, name));
    for (String name : List.of("drop-in", "complete", "chat")) visitor(row, name).await("health", 404);
  }

  private void awaitNothingLeft() {
    step("undeploy, no leak", row -> {
      await(() -> !container.hasOurThreads(), "threads of the library still run");
      // An idle thread of WildFly's holds the last request that it worked for, and through it the application; it does
      // so to any application. So every thread gets another request first.
      if (row.kind() == Kind.WILDFLY) giveOtherWork(row);
      await(() -> container.loadedTimes() == 0, "class loaders of the applications are not collected");
    });
  }

  private void giveOtherWork(Row row) throws Exception {
    Visitor other = deploy(row, "other", wars.apply(row.isJavax()).other);
    other.await("", 403); // it has no page
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Visitor.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) answers.add(threads.submit(() -> other.get("gather")));
      for (Future<Visitor.Answer> answer : answers) {
        if (answer.get().status() != 200) throw new IllegalStateException("the other application: " + answer.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void redeploy(Row row) throws Exception {
    Visitor visitor = deploy(row, "chat", wars.apply(row.isJavax()).sample);
    visitor.await("health", 200);
    visitor.chatOnce();
    visitor.streamOnce();
  }

  private void stop() throws Exception {
    double seconds = container.stop();
    boolean tokens = container.log().contains("eyJ");
    for (Row row : rows) {
      Outcome outcome = outcomes.get(row);
      outcome.put("stop", String.format(java.util.Locale.ROOT, "%.1f s", seconds));
      // A refresh on its way is waited for, up to requestTimeout (10 s), so that its new tokens are saved.
      if (seconds > 20) outcome.fail("stop", new IllegalStateException("it took " + seconds + " s"));
      if (tokens) outcome.fail("stop", new IllegalStateException("a token is in the log"));
      if (!outcome.failures().isEmpty()) outcome.addLog(container.log());
    }
  }

  private Visitor deploy(Row row, String name, Path war) throws Exception {
    return container.deploy(war, name(row, name), row.environment());
  }

  private Visitor visitor(Row row, String name) {
    return container.visitor(name(row, name));
  }

  private static String name(Row row, String name) {
    return row.environment().isEmpty() ? name : name + "-" + row.environment();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition, String otherwise) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) throw new IllegalStateException(otherwise);
      LockSupport.parkNanos(300_000_000);
    }
  }
}
