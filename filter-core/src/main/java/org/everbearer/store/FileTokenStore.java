package org.everbearer.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;

/**
 * Keeps one record in one file of a local disk: the store for one host, whatever the number of web applications and
 * processes on it that share the file.
 *
 * <pre>{@code
 * TokenStore store = FileTokenStore.at(Paths.get("/var/lib/chat/tokens"), EncryptionKeys.of(key, old));
 * }</pre>
 *
 * <p>The file is created with mode 0600 and refused when others may access it (or see {@link FileMode#GROUP}). It is replaced by an atomic rename, data
 * and directory synchronized to the disk first, so a crash leaves the old record or the new one. Beside it lie
 * {@code PATH.lock}, which is empty and stays, for a moment {@code PATH.everbearer-new}, and during a refresh {@code
 * PATH.alive-…}, by which the others know at once that a process has died (on Linux; what a killed process left is
 * removed by the next). The directory must exist and be writable.
 *
 * <p>A file that holds no record (truncated, garbage, empty) is never started over: every read and write fails until a
 * person puts a good copy back or removes it; a copy is kept as {@code PATH.corrupt-TIME}. A write gives up when
 * another process has held the lock for ten seconds. An interrupt does not end a write that has begun.
 *
 * <p>Safe for use by any number of threads.
 */
public final class FileTokenStore implements TokenStore {
  private final Path path;
  private final FileMode mode;
  private final RecordCodec codec;
  private final LockFile lock;
  private final LifeSigns lifeSigns;

  private FileTokenStore(Path path, EncryptionKeys keys, FileMode mode, Duration lockWait) {
    this.path = path;
    this.mode = mode;
    this.codec = new RecordCodec(keys);
    this.lock = new LockFile(lockWait, mode);
    this.lifeSigns = new LifeSigns(path, mode);
  }

  /** A store in plain text: whoever may read the file has the tokens. */
  public static FileTokenStore at(Path path) {
    return at(path, EncryptionKeys.none());
  }

  /** With 10 s of patience for the lock that other processes hold. */
  public static FileTokenStore at(Path path, EncryptionKeys keys) {
    return at(path, keys, FileMode.OWNER);
  }

  /** With files that the group may access too, if the mode says so. */
  public static FileTokenStore at(Path path, EncryptionKeys keys, FileMode mode) {
    return new FileTokenStore(path, keys, mode, Duration.ofSeconds(10));
  }

  static FileTokenStore at(Path path, EncryptionKeys keys, Duration lockWait) {
    return new FileTokenStore(path, keys, FileMode.OWNER, lockWait);
  }

  @Override
  public Snapshot read(String key) throws IOException {
    return new Snapshot(load(AtomicFile.at(path, mode), key, lock), System.currentTimeMillis());
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    Generations.requireNewer(expectedGeneration, next);
    AtomicFile file = AtomicFile.at(path, mode);
    return lock.hold(file.lock(), () -> {
      TokenRecord current = load(file, key, null);
      if (Generations.of(current) != expectedGeneration) return false;
      if (next != null) {
        file.write(RecordFile.bytes(codec.encode(key, next)));
      } else if (current != null) {
        file.delete();
      }
      return true;
    });
  }

  private TokenRecord load(AtomicFile file, String key, LockFile toTake) throws IOException {
    return RecordFile.read(file, file.lock(), toTake, text -> codec.decode(key, text));
  }

  @Override
  public Closeable holdWhilePresenting(String owner) {
    return lifeSigns.hold(owner);
  }

  @Override
  public boolean tellsLife() {
    return true;
  }

  @Override
  public boolean isGone(String owner) {
    return lifeSigns.isGone(owner);
  }

  @Override
  public String description() {
    return "file:" + path;
  }

  @Override
  public void close() {
    lifeSigns.close();
    lock.close();
  }
}
