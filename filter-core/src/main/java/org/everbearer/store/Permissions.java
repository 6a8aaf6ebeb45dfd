package org.everbearer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/** Mode 0600 where the file system knows modes; elsewhere (Windows) files inherit their directory's access list. */
final class Permissions {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private Permissions() {}

  static boolean known(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** To create a file with, so that it is never open to others, not even for a moment. */
  static FileAttribute<?>[] ownerOnly(Path path) {
    if (!known(path)) return new FileAttribute<?>[0];
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(EnumSet.copyOf(OWNER_ONLY))};
  }

  static void requireOwnerOnly(Path path) throws IOException {
    if (!known(path)) return;
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    for (PosixFilePermission permission : mode) {
      if (!permission.name().startsWith("OWNER_")) {
        throw new IOException("others may access " + path + ", which holds tokens (its mode is "
            + PosixFilePermissions.toString(mode) + "); run: chmod 600 " + quoted(path));
      }
    }
  }

  /** A server that runs as root must not take an application's file away from its owner. */
  static void copyOwner(Path from, Path to) throws IOException {
    if (!known(from) || !Files.exists(from)) return;
    UserPrincipal owner = Files.readAttributes(from, PosixFileAttributes.class).owner();
    if (!owner.equals(Files.getOwner(to))) Files.setOwner(to, owner);
  }

  /** For a command that a person may paste into a shell. */
  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
