package org.everbearer.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A file that holds one record or state, or else the reason why it cannot be used and what to do about it. */
final class RecordFile {
  /** Makes a value of the text; its messages begin with "it", meaning the file. */
  interface Decoder<T> {
    T decode(String text) throws IOException;
  }

  private RecordFile() {}

  /**
   * @param lock to take when a damaged file has to be copied aside; null when it is held already
   * @return null if there is no file
   */
  static <T> T read(AtomicFile file, Path lockPath, LockFile lock, Decoder<T> decoder) throws IOException {
    try {
      byte[] bytes = file.read();
      if (bytes == null) return null;
      return decode(file, new String(bytes, StandardCharsets.UTF_8).trim(), decoder);
    } catch (DamagedRecordException e) {
      throw damaged(file, e, lock == null ? file::keepAside : () -> lock.hold(lockPath, file::keepAside));
    }
  }

  private static <T> T decode(AtomicFile file, String text, Decoder<T> decoder) throws IOException {
    try {
      return decoder.decode(text);
    } catch (DamagedRecordException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file.path() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static IOException damaged(AtomicFile file, DamagedRecordException e, LockFile.Work<Path> keepAside) {
    String kept;
    try {
      kept = "a copy is kept as " + keepAside.run();
    } catch (IOException failure) {
      e.addSuppressed(failure);
      kept = "it could not be copied aside";
    }
    return new IOException(file.path() + " is damaged: " + e.getMessage() + "; " + kept + ". Nothing is read or written"
        + " until a good copy is put back, or the file is removed to begin again with the configured tokens: rm "
        + Permissions.quoted(file.path()), e);
  }

  static byte[] bytes(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
