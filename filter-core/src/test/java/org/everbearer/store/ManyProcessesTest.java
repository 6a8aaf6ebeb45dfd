package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shared on one host: by processes, one of which is killed, and by web applications of one process. */
class ManyProcessesTest {
  private static final int KILLS = 4;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"file", "dotenv"})
  void killedProcess_leavesAWholeRecordAndNoLock(String kind) throws Exception {
    Path path = directory.resolve("tokens");
    Path survivorLog = directory.resolve("survivor.log");
    Path victimLog = directory.resolve("victim.log");
    Process survivor = Hammer.process(kind, path, survivorLog, Integer.MAX_VALUE).start();
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        int before = Hammer.generations(victimLog).size();
        Process victim = Hammer.process(kind, path, victimLog, Integer.MAX_VALUE).start();
        await(victim, victimLog, before + 5);
        victim.destroyForcibly().waitFor();
        // The lock went with its holder, or the survivor would be stuck.
        await(survivor, survivorLog, Hammer.generations(survivorLog).size() + 5);
        TokenStore store = Hammer.open(kind, path);
        TokenRecord record = store.read("chat-api").record();
        assertEquals(Hammer.record(record.generation()), record);
        store.close();
      }
    } finally {
      survivor.destroyForcibly().waitFor();
    }
    long last = Hammer.open(kind, path).read("chat-api").generation();
    List<Long> written = Hammer.generations(survivorLog, victimLog);
    assertEquals(written.size(), new HashSet<>(written).size(), "one generation was written by two");
    assertTrue(written.stream().allMatch(generation -> generation <= last), "a write was lost: " + last);
    // What was written without being told is what a killed process could not tell.
    assertTrue(last - written.size() <= KILLS + 1, last + " generations, " + written.size() + " told");
  }

  private static void await(Process process, Path log, int writes) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Hammer.generations(log).size() < writes) {
      if (!process.isAlive()) {
        throw new AssertionError(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      }
      assertTrue(System.nanoTime() < deadline, "no progress");
      Thread.sleep(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "dotenv"})
  void webApplicationsOfOneProcess_excludeEachOtherAndOtherProcesses(String kind) throws Exception {
    int writes = 60;
    Path path = directory.resolve("tokens");
    Path[] logs = {directory.resolve("a.log"), directory.resolve("b.log"), directory.resolve("process.log")};
    Process process = Hammer.process(kind, path, logs[2], writes).start();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> webApplications = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Path log = logs[i];
        webApplications.add(threads.submit(() -> inItsOwnClassLoader(kind, path, log, writes)));
      }
      for (Future<?> each : webApplications) each.get(120, TimeUnit.SECONDS);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);
    } finally {
      threads.shutdown();
      process.destroyForcibly();
    }
    assertEquals(LongStream.rangeClosed(1, 3 * writes).boxed().collect(Collectors.toList()),
        Hammer.generations(logs).stream().sorted().collect(Collectors.toList()));
  }

  private static Void inItsOwnClassLoader(String kind, Path path, Path log, int writes) throws Exception {
    try (URLClassLoader own = ownClassLoader()) {
      // A store for few writes at a time: what closing one does to the other's lock shows only in numbers.
      for (int done = 0; done < writes; done += 5) {
        own.loadClass(Hammer.class.getName()).getMethod("main", String[].class)
            .invoke(null, (Object) new String[] {kind, path.toString(), log.toString(), "5"});
      }
    }
    return null;
  }

  /** As a web application has one: all classes are loaded anew. */
  static URLClassLoader ownClassLoader() throws IOException {
    List<URL> classpath = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      classpath.add(new File(entry).toURI().toURL());
    }
    return new URLClassLoader(classpath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void fullFileSystem_failsTheWriteAndKeepsTheRecord() throws Exception {
    Path path = directory.resolve("tokens");
    TokenStore store = FileTokenStore.at(path);
    assertTrue(store.compareAndSet("chat-api", 0, Hammer.record(1)));
    ProcessBuilder limited = Hammer.process("file", path, Path.of("/dev/null"), 1);
    // No file of this process may grow beyond nothing: the same failing write as on a full disk, without being root.
    limited.command().addAll(0, List.of("sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"));
    Process process = limited.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), output);
    assertTrue(output.contains("cannot write " + path.toRealPath()) && output.contains("File too large"), output);
    assertEquals(Hammer.record(1), store.read("chat-api").record());
    assertTrue(Files.notExists(directory.resolve("tokens.everbearer-new")));
    assertTrue(store.compareAndSet("chat-api", 1, Hammer.record(2)));
  }

  /** In a mount name space of its own, which takes root. */
  @ParameterizedTest
  @CsvSource({
    "'mount --bind \"$0/tokens\" \"$0/tokens\"', 'not the file alone is mounted'",
    "'mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"', 'Read-only file system'",
    "'rm -r \"$0\"', 'does not exist'",
    "'mv \"$0/tokens\" \"$0/kept\" && mkdir \"$0/tokens\"', 'no regular file'"})
  void fileThatCannotBeReplaced_failsTheWriteAndKeepsTheRecord(String change, String message) throws Exception {
    assumeTrue(new ProcessBuilder("unshare", "-m", "true").redirectErrorStream(true).start().waitFor() == 0, "needs root");
    Path data = Files.createDirectory(directory.resolve("data"));
    TokenStore store = FileTokenStore.at(data.resolve("tokens"));
    assertTrue(store.compareAndSet("chat-api", 0, Hammer.record(1)));
    ProcessBuilder changed = Hammer.process("file", data.resolve("tokens"), Path.of("/dev/null"), 1);
    changed.command().addAll(0, List.of("unshare", "-m", "sh", "-c", change + " && exec \"$@\"", data.toString()));
    Process process = changed.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), output);
    assertTrue(output.contains(message), output);
    assertFalse(output.contains("access-") || output.contains("refresh-"), output);
    if (!Files.isRegularFile(data.resolve("tokens"))) return; // which was the change
    assertEquals(Hammer.record(1), store.read("chat-api").record());
    assertTrue(store.compareAndSet("chat-api", 1, Hammer.record(2)));
  }
}
