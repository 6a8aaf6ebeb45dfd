package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreFileCheckTest {
  @TempDir
  Path directory;

  private Path file(String name, String mode) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "AUTH_ACCESS_TOKEN=a\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void noFileYet_andOneOfMode0600_areFine_andNothingIsWritten() throws IOException {
    assertNull(StoreFileCheck.objection(directory.resolve("tokens"), FileMode.OWNER));
    Path file = file("tokens", "rw-------");
    assertNull(StoreFileCheck.objection(file, FileMode.OWNER));
    Files.createSymbolicLink(directory.resolve("link"), file);
    assertNull(StoreFileCheck.objection(directory.resolve("link"), FileMode.OWNER));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of("link", "tokens"), files.map(each -> each.getFileName().toString()).sorted().toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw-r--r--", "rw-----w-", "rw-rw-rw-"})
  void whatOthersMayAccess_isRefused_asTheStoreDoes(String mode) throws IOException {
    Path file = file("tokens", mode);
    String objection = StoreFileCheck.objection(file, FileMode.OWNER);
    assertTrue(objection.contains("others may access " + file.toRealPath()), objection);
    assertTrue(objection.contains("chmod 600"), objection);
  }

  @Test
  void theFileBesideADotenv_countsToo() throws IOException {
    file(".env.everbearer", "rw-r--r--");
    String objection = StoreFileCheck.objection(file(".env", "rw-------"), FileMode.OWNER);
    assertTrue(objection.contains(".env.everbearer"), objection);
  }

  @Test
  void directoryInPlaceOfTheFile_andMissingDirectory() throws IOException {
    Files.createDirectory(directory.resolve("tokens"));
    assertTrue(StoreFileCheck.objection(directory.resolve("tokens"), FileMode.OWNER).endsWith("is no regular file"));
    String objection = StoreFileCheck.objection(directory.resolve("none/tokens"), FileMode.OWNER);
    assertTrue(objection.contains("does not exist") && objection.contains("mkdir -p"), objection);
  }

  @Test
  void directoryThatMayNotBeWritten() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
    try {
      assumeTrue(!Files.isWritable(directory), "the superuser may write everywhere");
      String objection = StoreFileCheck.objection(directory.resolve("tokens"), FileMode.OWNER);
      assertTrue(objection.contains("may not be written by this user"), objection);
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
