package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTokenStoreTest {
  private static final String KEY = "chat-api";
  private static final TokenRecord FIRST = TokenStoreContract.record(1);
  private static final TokenRecord SECOND = TokenStoreContract.record(2);

  @TempDir Path temporary;
  private Path directory;
  private Path path;
  private TokenStore store;

  @BeforeEach
  void openStore() throws IOException {
    directory = Files.createDirectory(temporary.toRealPath().resolve("var lib"));
    path = directory.resolve("tokens");
    store = FileTokenStore.at(path);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void setMode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().collect(Collectors.toList());
    }
  }

  private List<Path> kept() throws IOException {
    return files().stream().filter(file -> file.toString().contains("corrupt")).collect(Collectors.toList());
  }

  private String readFailure() {
    return assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
  }

  @Test
  void files_areOpenToTheirOwnerOnly() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    assertEquals(List.of(path, directory.resolve("tokens.lock")), files());
    for (Path file : files()) assertEquals("rw-------", mode(file), file.toString());
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    assertEquals("rw-------", mode(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw-----w-", "rw---x---", "rw-r--r--"})
  void fileOpenToOthers_isRefusedWithTheCommandThatMendsIt(String mode) throws Exception {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    setMode(path, mode);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, SECOND));
    String message = readFailure();
    assertTrue(message.contains(path + ", which holds tokens (its mode is " + mode), message);
    String command = message.substring(message.indexOf("run: ") + 5);
    assertEquals(0, new ProcessBuilder("sh", "-c", command).start().waitFor(), command);
    assertEquals(FIRST, store.read(KEY).record());
  }

  @Test
  void refusalForTheGroupsSake_namesTheOtherRemedy() throws Exception {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    setMode(path, "rw-r-----");
    assertTrue(readFailure().contains("if its group is meant to, set fileMode=group; otherwise run: chmod 600 "));
    setMode(path, "rw-r--r--");
    assertFalse(readFailure().contains("fileMode"), "which would not help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw----", "rw-r-----", "rw-------", "r--r-----"})
  void groupsBits_areAllowedAndKept(String mode) throws IOException {
    store = FileTokenStore.at(path, EncryptionKeys.none(), FileMode.GROUP);
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    for (Path file : files()) assertEquals("rw-rw----", mode(file), file.toString());
    setMode(path, mode);
    assertEquals(FIRST, store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    assertEquals("rw" + mode.substring(2), mode(path));
    store.holdWhilePresenting("me").close();
  }

  @Test
  void othersBits_areRefusedInAGroupToo() throws Exception {
    store = FileTokenStore.at(path, EncryptionKeys.none(), FileMode.GROUP);
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    setMode(path, "rw-rw-r--");
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, SECOND));
    String message = readFailure();
    assertFalse(message.contains("fileMode"), message);
    String command = message.substring(message.indexOf("run: ") + 5);
    assertEquals(0, new ProcessBuilder("sh", "-c", command).start().waitFor(), command);
    assertEquals("rw-rw----", mode(path));
    assertEquals(FIRST, store.read(KEY).record());
  }

  @Test
  void group_isKept() throws Exception {
    store = FileTokenStore.at(path, EncryptionKeys.none(), FileMode.GROUP);
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may give files to any group");
    Files.setAttribute(path, "unix:gid", 1);
    Files.delete(directory.resolve("tokens.lock"));
    store = FileTokenStore.at(path, EncryptionKeys.none(), FileMode.GROUP);
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    for (Path file : files()) {
      assertEquals(1, Files.getAttribute(file, "unix:gid"), file.toString());
      assertEquals("rw-rw----", mode(file), file.toString());
    }
  }

  @Test
  void missingDirectory_isNamedWithTheCommandThatMakesIt() {
    store = FileTokenStore.at(directory.resolve("no/tokens"));
    String message = readFailure();
    assertTrue(message.contains("mkdir -p -m 700 '" + directory.resolve("no") + "'"), message);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, FIRST));
  }

  @Test
  void unwritableDirectory_failsTheWriteAndNamesTheFile() throws IOException {
    Path kernel = Path.of("/proc/sys/kernel"); // where not even root may create a file
    assumeTrue(Files.isDirectory(kernel), "needs Linux");
    store = FileTokenStore.at(kernel.resolve("tokens"));
    assertNull(store.read(KEY).record());
    String message = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, FIRST)).getMessage();
    assertTrue(message.contains("/proc/sys/kernel/tokens.lock"), message);
  }

  @Test
  void directoryInPlaceOfTheFile_isRefused() throws IOException {
    Files.createDirectory(path);
    assertTrue(readFailure().contains("no regular file"));
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, FIRST));
    assertTrue(Files.isDirectory(path));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fileCutShort_isNeitherEmptyNorOverwritten(boolean sealed) throws IOException {
    if (sealed) store = FileTokenStore.at(path, EncryptionKeys.of("A".repeat(42) + "E=", List.of()));
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    String whole = Files.readString(path);
    for (int length = 0; length < whole.length() - 1; length += length < 20 ? 1 : 11) {
      Files.writeString(path, whole.substring(0, length));
      String message = readFailure();
      assertTrue(message.contains("is damaged"), length + ": " + message);
      assertFalse(message.contains("access-1") || message.contains("refresh-1"), message);
      assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, FIRST));
      assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, SECOND));
      assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, null));
      assertEquals(whole.substring(0, length), Files.readString(path));
    }
    Files.writeString(path, whole);
    assertEquals(FIRST, store.read(KEY).record());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "garbage", "[]", "null", "{}", "{\"v\":1,\"key\":\"chat-api\"}", "\u0000\u0001",
      "{\"v\":\"one\"}", "{\"v\":1,\"key\":\"chat-api\",\"generation\":1.5,\"phase\":\"IDLE\"}",
      "eyJhbGciOiJkaXIifQ..a.b.c",
      "{\"v\":1,\"key\":\"chat-api\",\"generation\":3,\"phase\":\"ASLEEP\"}",
      "{\"v\":1,\"key\":\"chat-api\",\"generation\":3,\"phase\":\"IDLE\",\"accessToken\":[\"access-1\"]}"})
  void damagedFile_isCopiedAsideOnceAndStays(String content) throws IOException {
    Files.writeString(path, content);
    setMode(path, "rw-------");
    String message = readFailure();
    assertEquals(1, kept().size());
    Path copy = kept().get(0);
    assertTrue(message.contains(copy.toString()) && message.contains("rm '" + path + "'"), message);
    assertFalse(message.contains("access-1"), message);
    assertEquals(content, Files.readString(copy));
    assertEquals("rw-------", mode(copy));
    readFailure();
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, FIRST));
    assertThrows(IOException.class, () -> FileTokenStore.at(path).read(KEY));
    assertEquals(List.of(copy), kept());
    assertEquals(content, Files.readString(path));
  }

  @Test
  void removedDamage_beginsAgain() throws IOException {
    Files.writeString(path, "garbage");
    setMode(path, "rw-------");
    readFailure();
    Files.delete(path);
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    assertEquals(FIRST, store.read(KEY).record());
  }

  @Test
  void hugeFile_isDamageRatherThanAnOutOfMemoryError() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.write(java.nio.ByteBuffer.wrap(new byte[1]), 3L << 20);
    }
    assertTrue(readFailure().contains("larger than"));
  }

  @Test
  void newerFormat_asksForAnUpgrade() throws IOException {
    Files.writeString(path, "{\"v\":2,\"sealed\":\"otherwise\"}");
    setMode(path, "rw-------");
    assertTrue(readFailure().contains("upgrade Everbearer"));
    assertEquals(List.of(), kept());
  }

  @Test
  void unknownFields_areIgnored() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    Files.writeString(path, Files.readString(path).replace("{\"v\":1,", "{\"v\":1,\"later\":{\"a\":[1]},"));
    assertEquals(FIRST, store.read(KEY).record());
  }

  @Test
  void fileOfAnotherClient_isRefused() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    String message = assertThrows(IOException.class, () -> store.read("mail-api")).getMessage();
    assertTrue(message.contains("'chat-api'") && message.contains("'mail-api'"), message);
    assertThrows(IOException.class, () -> store.compareAndSet("mail-api", 1, SECOND));
    assertEquals(List.of(), kept());
    assertEquals(FIRST, store.read(KEY).record());
  }

  @Test
  void leftoverOfAKilledProcess_isIgnoredAndGoneAfterTheNextWrite() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    Path leftover = Files.writeString(directory.resolve("tokens.everbearer-new"), "{\"v\":1");
    setMode(leftover, "rw-r--r--");
    assertEquals(FIRST, store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    assertTrue(Files.notExists(leftover));
    assertEquals("rw-------", mode(path));
    assertEquals(SECOND, store.read(KEY).record());
  }

  @Test
  void symbolicLink_staysOneAndIsTheSameStore() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("var lib/tokens"));
    TokenStore linked = FileTokenStore.at(link);
    assertTrue(linked.compareAndSet(KEY, 0, FIRST)); // into nothing yet
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    assertFalse(linked.compareAndSet(KEY, 1, SECOND));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(SECOND, linked.read(KEY).record());
    assertEquals(List.of(path, directory.resolve("tokens.lock")), files());
  }

  @Test
  void linksInACircle_areAnError() throws IOException {
    Files.createSymbolicLink(path, path);
    assertTrue(readFailure().contains("symbolic links"));
  }

  @Test
  void heldLock_isWaitedForAndThenNamed() throws IOException {
    store = FileTokenStore.at(path, EncryptionKeys.none(), Duration.ofMillis(30));
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    Path lockPath = directory.resolve("tokens.lock");
    try (FileChannel channel = FileChannel.open(lockPath, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
      assertTrue(lock.isValid());
      String message = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, SECOND)).getMessage();
      assertTrue(message.contains(lockPath.toString()), message);
      assertEquals(FIRST, store.read(KEY).record(), "reading needs no lock");
    }
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
  }

  @Test
  void threadThatHangsInTheFileSystem_stopsNobodyForEver() throws Exception {
    store = FileTokenStore.at(path, EncryptionKeys.none(), Duration.ofMillis(30));
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    Path lockPath = directory.resolve("tokens.lock");
    String flag = "org.everbearer.lock:" + lockPath;
    assertNull(System.getProperty(flag), "it is there only while it is needed");
    System.setProperty(flag, "held"); // as another web application's copy of the class does
    try {
      String message = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, SECOND)).getMessage();
      assertTrue(message.contains(lockPath.toString()), message);
      assertEquals(FIRST, store.read(KEY).record(), "reading needs no lock");
      assertTrue(FileTokenStore.at(directory.resolve("other")).compareAndSet(KEY, 0, FIRST), "another path");
      store.close();
    } finally {
      System.clearProperty(flag);
    }
    assertTrue(FileTokenStore.at(path).compareAndSet(KEY, 1, SECOND));
  }

  @Test
  void monitorThatSomebodyElseHolds_isNoneOfOurs() throws Exception {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    // Interned strings belong to every application of the JVM.
    synchronized (("everbearer lock " + directory.resolve("tokens.lock")).intern()) {
      assertTrue(thread.submit(() -> store.compareAndSet(KEY, 1, SECOND)).get(30, TimeUnit.SECONDS));
    }
    thread.shutdown();
  }

  @Test
  void removedLockFile_isMadeAgain() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, FIRST));
    Path lockPath = directory.resolve("tokens.lock");
    Files.delete(lockPath);
    assertTrue(store.compareAndSet(KEY, 1, SECOND));
    assertTrue(Files.exists(lockPath), "the lock was taken on a file that nobody else will find");
  }

  @Test
  void interruptedThread_stillWritesAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    boolean written = store.compareAndSet(KEY, 0, FIRST);
    TokenRecord read = store.read(KEY).record();
    assertTrue(Thread.interrupted());
    assertTrue(written);
    assertEquals(FIRST, read);
  }

  @Test
  void description_isTheConfiguredValue() {
    assertEquals("file:" + path, store.description());
  }

  @Test
  void recordThatCouldNotBeReadAgain_isRefused_andTheOldOneStays() throws IOException {
    FileTokenStore store = FileTokenStore.at(directory.resolve("large"));
    TokenRecord small = TokenStoreContract.record(1);
    assertTrue(store.compareAndSet("large", 0, small));
    TokenRecord large = small.toBuilder().generation(2).tokens("a", "r".repeat(1 << 20)).build();
    IOException refusal = assertThrows(IOException.class, () -> store.compareAndSet("large", 1, large));
    assertTrue(refusal.getMessage().contains("more than"), refusal.getMessage());
    assertEquals(small, store.read("large").record());
  }
}
