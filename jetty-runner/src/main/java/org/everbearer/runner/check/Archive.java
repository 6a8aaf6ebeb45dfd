package org.everbearer.runner.check;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A ZIP or a directory, whose files are read up to a limit and no further, whatever they claim to be. */
interface Archive extends Closeable {

  /** Of all files below this prefix, with slashes between. */
  List<String> names(String prefix) throws IOException;

  boolean has(String name);

  /**
   * Null if there is no such file.
   *
   * @throws IOException if it is larger than the limit
   */
  byte[] read(String name, long limit) throws IOException;

  /**
   * Copies a file.
   *
   * @return its size
   * @throws IOException if it is larger than the limit
   */
  long copy(String name, Path to, long limit) throws IOException;

  static Archive of(Path path) throws IOException {
    return Files.isDirectory(path) ? new Directory(path) : new Zip(path);
  }

  private static IOException tooLarge(long limit) {
    long mebibytes = limit >> 20;
    String shown = mebibytes >= 1 ? mebibytes + " MiB" : limit + " bytes";
    return new IOException("it is larger than " + shown + ", and is not looked into");
  }

  private static byte[] readAll(InputStream in, long limit) throws IOException {
    byte[] bytes = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  }

  private static long copyAll(InputStream in, Path to, long limit) throws IOException {
    long size = 0;
    try (OutputStream out = Files.newOutputStream(to)) {
      byte[] buffer = new byte[1 << 16];
      for (int n; (n = in.read(buffer)) >= 0; out.write(buffer, 0, n)) {
        size += n;
        if (size > limit) throw tooLarge(limit);
      }
    }
    return size;
  }

  /** Read by its directory at the end, as class loaders do. */
  final class Zip implements Archive {
    private final ZipFile zip;

    private Zip(Path path) throws IOException {
      try {
        zip = new ZipFile(path.toFile());
      } catch (IllegalArgumentException e) {
        throw new IOException("its directory of entries is damaged: " + e.getMessage(), e);
      }
    }

    @Override
    public List<String> names(String prefix) {
      return zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName)
          .filter(name -> name.startsWith(prefix)).toList();
    }

    @Override
    public boolean has(String name) {
      return zip.getEntry(name) != null;
    }

    @Override
    public byte[] read(String name, long limit) throws IOException {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) return null;
      try (InputStream in = open(entry, limit)) {
        return readAll(in, limit);
      }
    }

    @Override
    public long copy(String name, Path to, long limit) throws IOException {
      try (InputStream in = open(zip.getEntry(name), limit)) {
        return copyAll(in, to, limit);
      }
    }

    private InputStream open(ZipEntry entry, long limit) throws IOException {
      if (entry.getSize() > limit) throw tooLarge(limit);
      InputStream in = zip.getInputStream(entry);
      if (in == null) throw new IOException("it is not where the archive's directory says");
      return in;
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }

  /** Unpacked. */
  final class Directory implements Archive {
    private final Path root;

    private Directory(Path root) {
      this.root = root;
    }

    @Override
    public List<String> names(String prefix) throws IOException {
      Path from = root.resolve(prefix);
      if (!Files.isDirectory(from)) return List.of();
      try (Stream<Path> files = Files.walk(from)) {
        return files.filter(Files::isRegularFile).map(file -> root.relativize(file).toString().replace('\\', '/'))
            .toList();
      }
    }

    @Override
    public boolean has(String name) {
      return Files.isRegularFile(root.resolve(name));
    }

    @Override
    public byte[] read(String name, long limit) throws IOException {
      if (!has(name)) return null;
      try (InputStream in = Files.newInputStream(root.resolve(name))) {
        return readAll(in, limit);
      }
    }

    @Override
    public long copy(String name, Path to, long limit) throws IOException {
      try (InputStream in = Files.newInputStream(root.resolve(name))) {
        return copyAll(in, to, limit);
      }
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
