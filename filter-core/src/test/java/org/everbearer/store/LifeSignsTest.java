package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that hold a hint of life, and are killed. */
class LifeSignsTest {
  private static final String OWNER = "node-7@h:1/chat-api/af31.1";

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void needsLinux() throws IOException {
    assumeTrue(ProcessMark.own() != null, "needs Linux");
    path = directory.resolve("tokens");
  }

  private List<Path> alive() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("tokens.alive-")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "dotenv"})
  void killedOwner_isGoneAndALivingOneNever(String kind) throws Exception {
    try (TokenStoreInUse here = new TokenStoreInUse(kind, path);
        Presenter owner = new Presenter(kind, path);
        Presenter looker = new Presenter(kind, path)) {
      assertEquals("held", owner.tell("hold " + OWNER));
      assertEquals(1, alive().size());
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<String> theirs = thread.submit(() -> looker.tell("look " + OWNER + " 200"));
        for (int i = 0; i < 200; i++) assertFalse(here.store.isGone(OWNER));
        assertEquals("0", theirs.get(60, TimeUnit.SECONDS));
      } finally {
        thread.shutdown();
      }
      assertEquals("0", owner.tell("look " + OWNER + " 10"), "the owner's own process");
      assertEquals("false", owner.tell("other " + OWNER), "another web application there");
      assertFalse(here.store.isGone(OWNER), "the other web application took the lock along");
      owner.kill();
      long dead = System.nanoTime();
      while (!here.store.isGone(OWNER)) {
        assertTrue(System.nanoTime() - dead < TimeUnit.SECONDS.toNanos(2), "never noticed");
      }
      System.out.printf("%s: noticed %.1f ms after the process was gone%n", kind, (System.nanoTime() - dead) / 1e6);
      assertEquals("3", looker.tell("look " + OWNER + " 3"), "the second to look must find it too");
      assertEquals("1", looker.tell("look " + OWNER + " 1"));
    }
  }

  private static final class TokenStoreInUse implements AutoCloseable {
    final TokenStore store;

    TokenStoreInUse(String kind, Path path) {
      store = Hammer.open(kind, path);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void takenOver_leavesNothingOfTheDead() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    try (Presenter owner = new Presenter("file", path)) {
      owner.tell("hold " + OWNER);
      owner.kill();
    }
    assertTrue(store.isGone(OWNER));
    Closeable mine = store.holdWhilePresenting("mine");
    assertEquals(2, alive().size(), "others still have to see that it is dead");
    assertTrue(store.isGone(OWNER));
    mine.close();
    assertEquals(List.of(), alive());
    assertFalse(store.isGone(OWNER), "missing means unknown");
    store.close();
  }

  @Test
  void ownerThatEndsWell_leavesNothingAndIsNotGone() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    try (Presenter owner = new Presenter("file", path)) {
      for (int i = 0; i < 50; i++) {
        String mine = OWNER + i;
        owner.tell("hold " + mine);
        assertFalse(store.isGone(mine));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<String> ended = thread.submit(() -> owner.tell("end"));
        thread.shutdown();
        while (!ended.isDone()) assertFalse(store.isGone(mine), "it ended well");
        assertFalse(store.isGone(mine));
      }
    }
    assertEquals(List.of(), alive());
  }

  @Test
  void fileRemovedByHand_isUnknown() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    try (Presenter owner = new Presenter("file", path)) {
      owner.tell("hold " + OWNER);
      Files.delete(alive().get(0));
      assertFalse(store.isGone(OWNER));
      owner.kill();
      assertFalse(store.isGone(OWNER));
    }
    assertFalse(store.isGone("somebody"));
    assertFalse(store.isGone(null));
  }

  @Test
  void linkedPath_isTheSameStore() throws Exception {
    Path link = Files.createSymbolicLink(Files.createDirectory(directory.resolve("etc")).resolve("t"), path);
    try (Presenter owner = new Presenter("file", link)) {
      owner.tell("hold " + OWNER);
      assertEquals(1, alive().size());
      TokenStore direct = FileTokenStore.at(path);
      assertFalse(direct.isGone(OWNER));
      owner.kill();
      assertTrue(direct.isGone(OWNER));
      assertTrue(FileTokenStore.at(link).isGone(OWNER));
    }
  }

  @Test
  void file_isOpenToItsOwnerOnlyAndGoneAfterwards() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    Closeable first = store.holdWhilePresenting("../../a/" + OWNER);
    Closeable second = store.holdWhilePresenting(OWNER);
    assertEquals(2, alive().size());
    for (Path file : alive()) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    first.close();
    first.close();
    assertEquals(1, alive().size());
    store.close();
    second.close();
    assertEquals(List.of(), alive());
  }

  @Test
  void interruptedThread_holdsAndLooksAllTheSame() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    try (Presenter owner = new Presenter("file", path)) {
      owner.tell("hold " + OWNER);
      owner.kill();
    }
    Thread.currentThread().interrupt();
    boolean gone = store.isGone(OWNER);
    Closeable mine = store.holdWhilePresenting("mine");
    int files = alive().size();
    assertTrue(Thread.interrupted());
    assertTrue(gone);
    assertEquals(2, files);
    mine.close();
  }

  @Test
  void whatCannotBeHeld_isNoFailure() throws Exception {
    TokenStore store = FileTokenStore.at(directory.resolve("no/tokens"));
    store.holdWhilePresenting(OWNER).close();
    assertFalse(store.isGone(OWNER));
    store = FileTokenStore.at(Path.of("/proc/sys/kernel/tokens"));
    store.holdWhilePresenting(OWNER).close();
    assertFalse(store.isGone(OWNER));
  }

  @Test
  void oldOrphans_areSweptAndLivingFilesAreNot() throws Exception {
    try (Presenter dead = new Presenter("file", path); Presenter living = new Presenter("file", path)) {
      dead.tell("hold dead-long-ago");
      dead.kill();
      Path old = alive().get(0);
      living.tell("hold living-long");
      for (Path file : alive()) Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(7200)));
      try (Presenter recent = new Presenter("file", path)) {
        recent.tell("hold dead-now");
        recent.kill();
      }
      TokenStore store = FileTokenStore.at(path);
      store.holdWhilePresenting("mine").close();
      assertTrue(Files.notExists(old));
      assertEquals(2, alive().size());
      assertTrue(store.isGone("dead-now"));
      assertFalse(store.isGone("living-long"));
    }
  }

  @Test
  void fileOfAnotherKernelOrAnotherForm_isNotBelieved() throws Exception {
    TokenStore store = FileTokenStore.at(path);
    store.holdWhilePresenting(OWNER).close();
    String end = org.everbearer.Fingerprint.hash(OWNER).substring(0, 16);
    String[] marks = {"0".repeat(12) + "-abc-7", "x", "", ProcessMark.own().toString()};
    for (String mark : marks) {
      Path file = directory.resolve("tokens.alive-" + mark + "-" + end);
      FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
      assertFalse(FileTokenStore.at(path).isGone(OWNER), file.toString());
      Files.delete(file);
    }
  }
}
