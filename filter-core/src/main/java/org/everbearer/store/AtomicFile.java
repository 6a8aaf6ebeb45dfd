package org.everbearer.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumSet;

/**
 * A file of mode 0600, or open to its group, that is replaced as a whole: after a crash at any moment it holds the old bytes or the new ones.
 * Symbolic links are followed when it is made, so a link stays one. Writers exclude each other by a {@link LockFile}.
 */
final class AtomicFile {
  private static final int LIMIT = 1 << 20;
  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private final Path path;
  private final FileMode mode;

  private AtomicFile(Path path, FileMode mode) {
    this.path = path;
    this.mode = mode;
  }

  /** The file at the end of all links. */
  static AtomicFile at(Path configured, FileMode mode) throws IOException {
    Path end = configured.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(end); links++) {
      if (links == 40) throw new IOException("too many symbolic links from " + configured);
      end = end.resolveSibling(Files.readSymbolicLink(end));
    }
    Path directory = end.getParent();
    if (directory == null) throw new IOException(configured + " is a directory, not a file");
    try {
      return new AtomicFile(directory.toRealPath().resolve(end.getFileName()), mode);
    } catch (NoSuchFileException e) {
      throw new IOException("the directory " + directory + " does not exist; as the server's user run: mkdir -p -m 700 "
          + Permissions.quoted(directory), e);
    }
  }

  /** A file beside this one whose name begins with this one's. */
  AtomicFile beside(String suffix) {
    return new AtomicFile(sibling(suffix), mode);
  }

  Path lock() {
    return sibling(".lock");
  }

  Path path() {
    return path;
  }

  private Path sibling(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** All bytes, or null if there is no file. */
  byte[] read() throws IOException {
    if (Files.notExists(path)) return null;
    try {
      if (!Files.isRegularFile(path) && Files.exists(path)) throw new IOException(path + " is no regular file");
      Permissions.require(mode, path);
      return Interrupts.outlast(this::bytes);
    } catch (NoSuchFileException e) {
      return null; // removed since
    }
  }

  private byte[] bytes() throws IOException {
    byte[] buffer = new byte[8192];
    int length = 0;
    try (InputStream in = Files.newInputStream(path)) {
      for (int n; (n = in.read(buffer, length, buffer.length - length)) >= 0; length += n) {
        if (length + n > LIMIT) throw new DamagedRecordException("it is larger than " + LIMIT + " bytes");
        if (length + n == buffer.length) buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      }
    }
    return Arrays.copyOf(buffer, length);
  }

  /** Returns when the bytes are on the disk. To be called with the lock held. */
  void write(byte[] bytes) throws IOException {
    if (bytes.length > LIMIT) {
      throw new IOException("cannot write " + path + ", which is as it was: " + bytes.length + " bytes are more than the "
          + LIMIT + " that are read again");
    }
    // One fixed name: what a killed process left behind is overwritten by the next.
    Path fresh = sibling(".everbearer-new");
    try {
      Interrupts.outlast(() -> writeFresh(fresh, bytes));
      Permissions.share(mode, path, fresh);
      Permissions.copyOwner(mode, path, fresh);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      discard(fresh, e);
      throw new IOException("cannot write " + path + " (" + e + "), which is as it was; see that the disk has room,"
          + " that the server's user may write in the directory, and that not the file alone is mounted", e);
    }
    syncDirectory();
  }

  private static Void writeFresh(Path fresh, byte[] bytes) throws IOException {
    Files.deleteIfExists(fresh); // never write into a file with another mode, or through a link
    try (FileChannel out = FileChannel.open(
        fresh, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Permissions.ownerOnly(fresh))) {
      for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) out.write(rest);
      out.force(true);
    }
    return null;
  }

  private static void discard(Path fresh, IOException reason) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
    syncDirectory();
  }

  private void syncDirectory() throws IOException {
    if (!Permissions.known(path)) return; // Windows opens no directories
    Interrupts.outlast(() -> {
      try (FileChannel directory = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
        directory.force(true);
      }
      return null;
    });
  }

  /** Copies a bad file once, so that no repair or removal loses what it held. To be called with the lock held. */
  Path keepAside() throws IOException {
    String prefix = path.getFileName() + ".corrupt-";
    long size = Files.size(path);
    FileTime modified = Files.getLastModifiedTime(path);
    try (DirectoryStream<Path> earlier =
        Files.newDirectoryStream(path.getParent(), p -> p.getFileName().toString().startsWith(prefix))) {
      for (Path copy : earlier) {
        // The copy has the time of the original, by which the same damage is known again.
        boolean same = Files.size(copy) == size
            && Files.getLastModifiedTime(copy).toMillis() / 1000 == modified.toMillis() / 1000;
        if (same) return copy;
      }
    }
    String time = ZonedDateTime.now(ZoneOffset.UTC).format(TIMESTAMP);
    Path copy = path.resolveSibling(prefix + time);
    for (int i = 2; Files.exists(copy); i++) copy = path.resolveSibling(prefix + time + "-" + i);
    return Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
  }
}
