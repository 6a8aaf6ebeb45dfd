package org.everbearer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/** Mode 0600, or 0660 for a {@linkplain FileMode#GROUP group}, where the file system knows modes; elsewhere (Windows) files inherit their directory's access list. */
final class Permissions {
  private static final Logger LOG = Loggers.of(Permissions.class);
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

  static void require(FileMode allowed, Path path) throws IOException {
    if (!known(path)) return;
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    boolean group = false;
    boolean others = false;
    for (PosixFilePermission permission : mode) {
      group |= permission.name().startsWith("GROUP_");
      others |= permission.name().startsWith("OTHERS_");
    }
    if (!others && (!group || allowed == FileMode.GROUP)) return;
    throw new IOException("others may access " + path + ", which holds tokens (its mode is "
        + PosixFilePermissions.toString(mode) + "); "
        + (others || allowed == FileMode.GROUP ? "" : "if its group is meant to, set fileMode=group; otherwise ") + "run: "
        + (allowed == FileMode.GROUP ? "chmod o= " : "chmod 600 ") + quoted(path));
  }

  /**
   * Opens a file that was just made to its group, as far as the file allows it in whose place or beside which it is; if
   * there is none, to read and write. Never wider than that: if the group cannot be kept, it stays closed.
   */
  static void share(FileMode mode, Path like, Path made) throws IOException {
    if (mode != FileMode.GROUP || !known(made)) return;
    Set<PosixFilePermission> shared = EnumSet.copyOf(OWNER_ONLY);
    shared.add(PosixFilePermission.GROUP_READ);
    shared.add(PosixFilePermission.GROUP_WRITE);
    PosixFileAttributes there = Files.exists(like) ? Files.readAttributes(like, PosixFileAttributes.class) : null;
    if (there != null) {
      Set<PosixFilePermission> before = EnumSet.copyOf(OWNER_ONLY);
      before.addAll(there.permissions());
      shared.retainAll(before);
      PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
      if (!there.group().equals(view.readAttributes().group())) {
        try {
          view.setGroup(there.group());
        } catch (IOException e) {
          LOG.warn("{} stays closed to the group {}, of which the server's user is no member", made, there.group());
          return;
        }
      }
    }
    Files.setPosixFilePermissions(made, shared);
  }

  /** A server that runs as root must not take an application's file away from its owner. */
  static void copyOwner(FileMode mode, Path from, Path to) throws IOException {
    if (!known(from) || !Files.exists(from)) return;
    UserPrincipal owner = Files.readAttributes(from, PosixFileAttributes.class).owner();
    if (owner.equals(Files.getOwner(to))) return;
    try {
      Files.setOwner(to, owner);
    } catch (IOException e) {
      if (mode == FileMode.OWNER) throw e; // in a group any of its members may own the file
    }
  }

  /** For a command that a person may paste into a shell. */
  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
