package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRecord.Phase;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotenvTokenStoreTest {
  private static final String KEY = "chat-api";

  @TempDir Path directory;
  private Path env;
  private Path state;
  private TokenStore store;

  @BeforeEach
  void openStore() {
    env = directory.resolve(".env");
    state = directory.resolve(".env.everbearer");
    store = DotenvTokenStore.at(env);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static void write(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String pair(String name) {
    return "AUTH_ACCESS_TOKEN=access-" + name + "\nAUTH_REFRESH_TOKEN=refresh-" + name + "\n";
  }

  private static TokenRecord record(long generation, String name) {
    return TokenStoreContract.record(generation).toBuilder().tokens("access-" + name, "refresh-" + name).build();
  }

  /** Without any record before it, nobody knows from where it comes. */
  private static TokenRecord edited(long generation, String name) {
    return TokenRecord.builder().generation(generation).tokens("access-" + name, "refresh-" + name).build();
  }

  /** It knows what the record knew that it replaces, and counts what was replaced as spent. */
  private static TokenRecord editedOver(long generation, String name, String... replaced) {
    TokenRecord known = TokenStoreContract.record(1);
    List<String> spent = new ArrayList<>(known.spent());
    for (String each : replaced) spent.add(TokenRecord.markOf("refresh-" + each));
    return edited(generation, name).toBuilder().history(known.origins(), spent).build();
  }

  @Test
  void firstPair_isReadAsANewFamily() throws IOException {
    write(env, pair("a"));
    assertEquals(edited(1, "a"), store.read(KEY).record());
    assertEquals(edited(1, "a"), store.read(KEY).record());
    assertEquals(pair("a"), Files.readString(env));
  }

  @Test
  void accessTokenAlone_isAFamilyToo() throws IOException {
    write(env, "AUTH_ACCESS_TOKEN=access-a\nAUTH_REFRESH_TOKEN=\n");
    TokenRecord record = store.read(KEY).record();
    assertNull(record.refreshToken());
    assertEquals("access-a", record.accessToken());
  }

  @Test
  void fileWithoutTokens_isAnEmptyStore() throws IOException {
    assertNull(store.read(KEY).record());
    write(env, "PORT=8080\nAUTH_ACCESS_TOKEN=\n");
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, record(1, "a")));
    assertEquals("PORT=8080\nAUTH_ACCESS_TOKEN=access-a\nAUTH_REFRESH_TOKEN=refresh-a\n", Files.readString(env));
  }

  @Test
  void rotation_changesTheTwoValuesAndNothingElse() throws IOException {
    String before = "# the chat\r\nexport AUTH_ACCESS_TOKEN=\"access-a\" # from the portal\r\n\r\nPORT = 8080\r\n"
        + "AUTH_REFRESH_TOKEN='refresh-a'";
    write(env, before);
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    assertEquals(before.replace("access-a", "access-b").replace("refresh-a", "refresh-b"), Files.readString(env));
    assertEquals(record(2, "b"), store.read(KEY).record());
  }

  @Test
  void leaseOnTheSameTokens_leavesTheFileAlone() throws IOException {
    write(env, pair("a"));
    store.read(KEY);
    Object before = Files.readAttributes(env, "unix:ino").get("ino");
    assertTrue(store.compareAndSet(KEY, 1, record(2, "a")));
    assertEquals(before, Files.readAttributes(env, "unix:ino").get("ino"));
    assertEquals(record(2, "a"), store.read(KEY).record());
  }

  @Test
  void state_holdsNoToken() throws IOException {
    write(env, pair("a"));
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    String text = Files.readString(state);
    assertFalse(text.contains("access-a") || text.contains("access-b") || text.contains("refresh-"), text);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
  }

  @Test
  void edit_isANewFamilyOfAHigherGeneration() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(env, pair("edited"));
    assertEquals(editedOver(8, "edited", "a"), store.read(KEY).record());
    assertEquals(editedOver(8, "edited", "a"), DotenvTokenStore.at(env).read(KEY).record());
    assertFalse(store.compareAndSet(KEY, 7, record(8, "b")), "the write of a flight that began before the edit");
    assertEquals(pair("edited"), Files.readString(env));
    assertTrue(store.compareAndSet(KEY, 8, record(9, "b")));
    assertEquals(pair("b"), Files.readString(env));
  }

  @Test
  void editUnseenByAnyReader_stillStopsTheWriteOfAnOlderFlight() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(env, pair("edited"));
    assertFalse(store.compareAndSet(KEY, 7, record(8, "b")));
    assertEquals(editedOver(8, "edited", "a"), store.read(KEY).record());
  }

  @Test
  void secondEdit_doesNotPassForTheFirst() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(env, pair("one"));
    long generation = store.read(KEY).generation();
    write(env, pair("two"));
    assertFalse(store.compareAndSet(KEY, generation, record(generation + 1, "of-one")));
    assertEquals(editedOver(9, "two", "a", "one"), store.read(KEY).record());
  }

  @Test
  void olderPairPutBack_isAnEditAndNoReturnToAnOlderGeneration() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(1, "a")));
    assertTrue(store.compareAndSet(KEY, 1, record(2, "b")));
    write(env, pair("a"));
    assertEquals(editedOver(3, "a", "b"), store.read(KEY).record());
  }

  @Test
  void otherEdits_areNoneOfOurs() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(env, "PORT=1\n" + pair("a"));
    assertEquals(record(7, "a"), store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 7, record(8, "b")));
    assertEquals("PORT=1\n" + pair("b"), Files.readString(env));
  }

  @Test
  void crashBeforeTheTokensWereReplaced_leavesTheOldRecord() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(1, "a")));
    write(state, DotenvState.of(record(1, "a")).before(record(2, "b")).encode(KEY));
    assertEquals(record(1, "a"), store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 1, record(2, "c")));
    assertEquals(record(2, "c"), store.read(KEY).record());
  }

  @Test
  void crashAfterTheTokensWereReplaced_leavesTheNewRecord() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(1, "a")));
    write(state, DotenvState.of(record(1, "a")).before(record(2, "b")).encode(KEY));
    write(env, pair("b"));
    assertFalse(store.compareAndSet(KEY, 1, record(2, "c")));
    assertEquals(record(2, "b"), store.read(KEY).record());
    write(env, pair("a"));
    assertEquals(editedOver(3, "a", "b"), store.read(KEY).record(), "settled: the old record does not come back to life");
  }

  @Test
  void crashOfTheVeryFirstWrite_leavesAnEmptyStoreOrTheRecord() throws IOException {
    write(state, DotenvState.none().before(record(1, "a")).encode(KEY));
    assertNull(store.read(KEY).record());
    write(env, pair("a"));
    assertEquals(record(1, "a"), store.read(KEY).record());
  }

  @Test
  void lostState_adoptsTheTokens() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    Files.delete(state);
    assertEquals(edited(1, "a"), store.read(KEY).record());
  }

  @Test
  void blankedTokens_areAnEmptyStore() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(env, "AUTH_ACCESS_TOKEN=\nAUTH_REFRESH_TOKEN=\n");
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, record(1, "b")));
    assertEquals(record(1, "b"), store.read(KEY).record());
  }

  @Test
  void removal_blanksTheLinesAndKeepsThem() throws IOException {
    write(env, "A=1\nAUTH_ACCESS_TOKEN=\"access-a\" # one\nAUTH_REFRESH_TOKEN=refresh-a\nB=2\n");
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), null));
    assertEquals("A=1\nAUTH_ACCESS_TOKEN=\"\" # one\nAUTH_REFRESH_TOKEN=\nB=2\n", Files.readString(env));
    assertTrue(Files.notExists(state));
    assertNull(store.read(KEY).record());
  }

  @Test
  void fileThatTheGroupReads_staysSo() throws IOException {
    store = DotenvTokenStore.at(env, "AUTH_ACCESS_TOKEN", "AUTH_REFRESH_TOKEN", FileMode.GROUP);
    write(env, pair("a"));
    Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r-----"));
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    assertEquals(pair("b"), Files.readString(env));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(env)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTH_ACCESS_TOKEN=\"access-a\nAUTH_REFRESH_TOKEN=\"refresh-a\"\nPORT=1\n",
    "AUTH_ACCESS_TOKEN=\"access-a\nAUTH_REFRESH_TOKEN=refresh-a\nNAME=\"\n",
    "NAME=\"x\nAUTH_ACCESS_TOKEN=access-a\nAUTH_REFRESH_TOKEN=refresh-a\nPORT=\"\n"})
  void quoteThatIsLeftOpen_isRefusedAndNothingIsWritten(String content) throws IOException {
    write(env, content);
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.startsWith(env.toRealPath() + " cannot be used: ") && !message.contains("access-a"), message);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, record(1, "b")));
    assertEquals(content, Files.readString(env));
    assertTrue(Files.notExists(state));
  }

  @Test
  void quoteThatIsLeftOpenElsewhere_swallowsNothing() throws IOException {
    write(env, "NAME=\"x\n" + pair("a") + "B=\"y\"\n");
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    assertEquals("NAME=\"x\n" + pair("b") + "B=\"y\"\n", Files.readString(env));
  }

  @Test
  void fileOpenToOthers_isRefusedWithTheCommand() throws IOException {
    write(env, pair("a"));
    Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r--r--"));
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.endsWith("chmod 600 " + env.toRealPath()), message);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, record(1, "b")));
    assertEquals(pair("a"), Files.readString(env));
  }

  @Test
  void damagedState_isNoReasonToForgetTheFamily() throws IOException {
    assertTrue(store.compareAndSet(KEY, 0, record(7, "a")));
    write(state, "{\"v\":1");
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains(".env.everbearer is damaged"), message);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 7, record(8, "b")));
    assertEquals(pair("a"), Files.readString(env));
  }

  @Test
  void stateOfAnotherClient_isRefused() throws IOException {
    assertTrue(store.compareAndSet("mail-api", 0, record(1, "a")));
    assertTrue(assertThrows(IOException.class, () -> store.read(KEY)).getMessage().contains("'mail-api'"));
  }

  @Test
  void otherNames_areThoseThatAreWritten() throws IOException {
    store = DotenvTokenStore.at(env, "CHAT_TOKEN", "CHAT_REFRESH");
    write(env, pair("other") + "CHAT_TOKEN=access-a\nCHAT_REFRESH=refresh-a\n");
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    assertEquals(pair("other") + "CHAT_TOKEN=access-b\nCHAT_REFRESH=refresh-b\n", Files.readString(env));
  }

  @Test
  void unfitNames_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> DotenvTokenStore.at(env, "A B", "C"));
    assertThrows(IllegalArgumentException.class, () -> DotenvTokenStore.at(env, "A", "A"));
  }

  @Test
  void symbolicLink_staysOne() throws IOException {
    Path real = Files.createDirectory(directory.resolve("shared")).resolve("env");
    write(real, pair("a"));
    Files.createSymbolicLink(env, real);
    assertTrue(store.compareAndSet(KEY, store.read(KEY).generation(), record(2, "b")));
    assertTrue(Files.isSymbolicLink(env));
    assertEquals(pair("b"), Files.readString(real));
  }

  @Test
  void deadRecord_keepsItsTokensAndPhase() throws IOException {
    TokenRecord dead = record(2, "a").toBuilder().phase(Phase.DEAD, "hash").build();
    assertTrue(store.compareAndSet(KEY, 0, record(1, "a")));
    assertTrue(store.compareAndSet(KEY, 1, dead));
    assertEquals(dead, DotenvTokenStore.at(env).read(KEY).record());
    assertNotEquals(editedOver(3, "a", "b"), DotenvTokenStore.at(env).read(KEY).record());
  }
}
