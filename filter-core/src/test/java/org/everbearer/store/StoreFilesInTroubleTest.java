package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.everbearer.TokenRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that somebody else has a hand in. */
@Timeout(60)
class StoreFilesInTroubleTest {
  @TempDir Path directory;

  /** The lock file cannot be looked at for an instant, after the lock was got. */
  @Test
  void lockSurvivesAnInstantOfTrouble() throws Exception {
    LockFile lock = new LockFile(Duration.ofMillis(500), FileMode.OWNER);
    Path path = directory.toRealPath().resolve("tokens.lock");
    assertEquals("a", lock.hold(path, () -> "a"));
    Files.delete(path);
    Files.createSymbolicLink(path, path);
    assertThrows(IOException.class, () -> lock.hold(path, () -> "b"));
    Files.delete(path);
    assertEquals("c", lock.hold(path, () -> "c"));
  }

  /** Any tokens, any line that was there. */
  @Test
  void anyTokenInAnyLine() throws Exception {
    Random random = new Random(10);
    String[] lines = {"R=old", "R='old'", "R=\"old\"", "export R=old # note", "R=", "R= # note", "R=\"ol\\\"d\" # x", ""};
    int failed = 0;
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder token = new StringBuilder();
      int length = 1 + random.nextInt(6);
      String odd = "'\"\\#$` =n{}\t!ab".replace("\t", "");
      for (int k = 0; k < length; k++) token.append(odd.charAt(random.nextInt(odd.length())));
      String text = "B=1\n" + lines[random.nextInt(lines.length)] + "\nC='x y' # z\n";
      DotenvFile file = DotenvFile.parse(text.getBytes(StandardCharsets.ISO_8859_1));
      DotenvFile after;
      try {
        after = file.with("R", token.toString());
      } catch (IOException no) {
        refused++;
        continue;
      }
      DotenvFile again = DotenvFile.parse(after.bytes());
      if (!token.toString().equals(again.value("R")) || !"1".equals(again.value("B")) || !"x y".equals(again.value("C"))) {
        failed++;
      }
    }
    assertEquals(0, failed + refused);
  }
}
