package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionTest {
  private static final String KEY = "chat-api";
  private static final String OLD = key(1);
  private static final String NEW = key(2);
  private static final TokenRecord FIRST = TokenStoreContract.record(1);
  private static final TokenRecord SECOND = TokenStoreContract.record(2);

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("tokens");
  }

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private TokenStore sealed(String current, String... old) {
    return FileTokenStore.at(path, EncryptionKeys.of(current, List.of(old)));
  }

  private static String failure(TokenStore store) {
    return assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
  }

  @Test
  void storedBytes_showNothingOfTheRecord() throws IOException {
    assertTrue(sealed(NEW).compareAndSet(KEY, 0, FIRST));
    String text = Files.readString(path).trim();
    String[] parts = text.split("\\.", -1);
    assertEquals(5, parts.length);
    String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
    assertTrue(header.contains("\"alg\":\"dir\"") && header.contains("\"enc\":\"A256GCM\""), header);
    for (String part : parts) {
      String bytes = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.ISO_8859_1);
      for (String secret : List.of("access-1", "refresh-1", "5eed", KEY)) assertFalse((bytes + text).contains(secret));
    }
  }

  @Test
  void oneRecordSealedTwice_looksDifferent() throws IOException {
    EncryptionKeys keys = EncryptionKeys.of(NEW, List.of());
    assertNotEquals(keys.seal("same"), keys.seal("same"));
  }

  @Test
  void replacedKey_stillOpensAndTheNextWriteNeedsItNoMore() throws IOException {
    assertTrue(sealed(OLD).compareAndSet(KEY, 0, FIRST));
    assertEquals(FIRST, sealed(NEW, OLD).read(KEY).record());
    assertTrue(sealed(NEW, key(3), OLD).compareAndSet(KEY, 1, SECOND));
    assertEquals(SECOND, sealed(NEW).read(KEY).record());
  }

  @Test
  void lostKey_isAnErrorThatNamesTheParameterAndKeepsTheRecord() throws IOException {
    assertTrue(sealed(OLD).compareAndSet(KEY, 0, FIRST));
    String before = Files.readString(path);
    String message = failure(sealed(NEW));
    assertTrue(message.contains("encryptionKeysOld") && !message.contains(NEW), message);
    assertThrows(IOException.class, () -> sealed(NEW).compareAndSet(KEY, 0, FIRST));
    assertThrows(IOException.class, () -> sealed(NEW).compareAndSet(KEY, 1, SECOND));
    assertEquals(before, Files.readString(path));
    assertEquals(FIRST, sealed(OLD).read(KEY).record());
  }

  @Test
  void sealedRecordWithoutAnyKey_asksForEncryptionKey() throws IOException {
    assertTrue(sealed(OLD).compareAndSet(KEY, 0, FIRST));
    String message = failure(FileTokenStore.at(path));
    assertTrue(message.contains("no key is configured: set encryptionKey"), message);
  }

  @Test
  void plainRecord_isReadAndSealedWithTheNextWrite() throws IOException {
    assertTrue(FileTokenStore.at(path).compareAndSet(KEY, 0, FIRST));
    assertEquals(FIRST, sealed(NEW).read(KEY).record());
    assertTrue(sealed(NEW).compareAndSet(KEY, 1, SECOND));
    assertFalse(Files.readString(path).contains("access-2"));
    assertEquals(SECOND, sealed(NEW).read(KEY).record());
  }

  @Test
  void alteredCiphertext_isDamage() throws IOException {
    assertTrue(sealed(NEW).compareAndSet(KEY, 0, FIRST));
    String text = Files.readString(path).trim();
    int middle = text.length() / 2;
    char other = text.charAt(middle) == 'A' ? 'B' : 'A';
    Files.writeString(path, text.substring(0, middle) + other + text.substring(middle + 1));
    String message = failure(sealed(NEW));
    assertTrue(message.contains("is damaged") && message.contains("altered"), message);
  }

  @Test
  void recordOfAnotherKey_isRefused() throws IOException {
    assertTrue(sealed(NEW).compareAndSet("mallory", 0, FIRST));
    assertTrue(failure(sealed(NEW)).contains("'mallory'"));
  }

  @Test
  void otherAlgorithm_isRefused() throws Exception {
    org.jose4j.jwe.JsonWebEncryption jwe = new org.jose4j.jwe.JsonWebEncryption();
    jwe.setAlgorithmHeaderValue("A256KW");
    jwe.setEncryptionMethodHeaderParameter("A256GCM");
    jwe.setKeyIdHeaderValue(EncryptionKeys.of(NEW, List.of()).toString().substring(15, 23));
    jwe.setKey(new org.jose4j.keys.AesKey(Base64.getDecoder().decode(NEW)));
    jwe.setPayload("{}");
    EncryptionKeys keys = EncryptionKeys.of(NEW, List.of());
    String foreign = jwe.getCompactSerialization();
    assertThrows(DamagedRecordException.class, () -> keys.open(foreign));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret passphrase!", "c2hvcnQ=",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void unfitKey_isRefusedWithoutBeingShown(String unfit) {
    for (String message : List.of(
        assertThrows(IllegalArgumentException.class, () -> EncryptionKeys.of(unfit, List.of())).toString(),
        assertThrows(IllegalArgumentException.class, () -> EncryptionKeys.of(NEW, List.of(unfit))).toString())) {
      assertTrue(message.contains("encryptionKey") && message.contains("openssl rand -base64 32"), message);
      assertFalse(!unfit.isEmpty() && message.contains(unfit), message);
    }
  }

  @Test
  void urlSafeAndUnpaddedKeys_areTheSameKey() {
    String standard = Base64.getEncoder().encodeToString("\u00ff\u00fb".repeat(8).getBytes(StandardCharsets.UTF_8));
    String url = standard.replace('+', '-').replace('/', '_').replace("=", "");
    assertEquals(EncryptionKeys.of(standard, List.of()).toString(), EncryptionKeys.of(url, List.of()).toString());
    assertFalse(EncryptionKeys.of(standard, List.of()).toString().contains(standard));
  }
}
