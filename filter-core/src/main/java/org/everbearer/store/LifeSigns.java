package org.everbearer.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.Fingerprint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that a process has died: while it presents a refresh token it holds an exclusive lock on a file of its own,
 * {@code PATH.alive-PROCESS-OWNER}, and the operating system frees that lock at the moment of its death.
 *
 * <p>The file is there and locked before any record names its owner, and removed before the lock is released. So an
 * owner whose file is there and not locked has died, and one whose file is missing may have ended well: that is
 * unknown. POSIX locks belong to the process, and closing any channel of a file drops all that the JVM has on it, so a
 * file of one's own JVM is never opened to look. Files by processes under another kernel are never believed: on a
 * network file system their locks may not be visible here.
 */
final class LifeSigns {
  private static final Logger LOG = LoggerFactory.getLogger(LifeSigns.class);
  private static final long SWEEP_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long ORPHAN_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final Path configured;
  private final FileMode mode;
  private final Set<Held> held = ConcurrentHashMap.newKeySet();
  // Removed when the record has moved on: another looker must not find one missing before the take-over.
  private final Set<Path> dead = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextSweep = new AtomicLong(System.nanoTime());
  // Where the owner's file was found who was asked for last; a race costs another search.
  private volatile Found found;

  LifeSigns(Path configured, FileMode mode) {
    this.configured = configured;
    this.mode = mode;
  }

  /** Never throws: what cannot be held is no hint. */
  Closeable hold(String owner) {
    try {
      ProcessMark mine = ProcessMark.own();
      Path store = AtomicFile.at(configured, mode).path();
      if (mine == null || !Permissions.known(store)) return () -> {};
      sweep(store, mine);
      Path file = store.resolveSibling(prefix(store) + mine + suffix(owner));
      FileChannel channel = Interrupts.outlast(() -> locked(store, file));
      if (channel == null) return () -> {};
      Held hold = new Held(file, channel);
      held.add(hold);
      return hold;
    } catch (IOException | RuntimeException e) {
      LOG.debug("No hint of life beside {}: {}", configured, e.toString());
      return () -> {};
    }
  }

  private static String prefix(Path store) {
    return store.getFileName() + ".alive-";
  }

  private static String suffix(String owner) {
    return "-" + Fingerprint.hash(owner).substring(0, 16);
  }

  private FileChannel locked(Path store, Path file) throws IOException {
    FileChannel channel = FileChannel.open(
        file, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Permissions.ownerOnly(file));
    boolean good = false;
    try {
      Permissions.share(mode, store, file);
      // Not even a sweeper whose clock is wrong can have removed it unnoticed.
      good = channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      return good ? channel : null;
    } finally {
      if (!good) release(file, channel);
    }
  }

  private static void release(Path file, FileChannel channel) throws IOException {
    try {
      Files.deleteIfExists(file); // first, so that nobody ever finds it unlocked
    } finally {
      channel.close();
    }
  }

  /** Whether the owner has certainly died. */
  boolean isGone(String owner) {
    if (owner == null) return false;
    try {
      Found last = found;
      if (last == null || !last.owner.equals(owner)) found = last = find(owner);
      if (last.file == null || !Interrupts.outlast(last::isUnlocked)) return false;
      dead.add(last.file);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.debug("No hint of life beside {}: {}", configured, e.toString());
      return false;
    }
  }

  /** The file was there before the owner's name was: who is looked for in vain need not be looked for again. */
  private Found find(String owner) throws IOException {
    ProcessMark mine = ProcessMark.own();
    Path store = AtomicFile.at(configured, mode).path();
    if (mine == null || !Permissions.known(store)) return new Found(owner, null);
    try (DirectoryStream<Path> files = others(store, mine, suffix(owner))) {
      for (Path file : files) return new Found(owner, file);
    }
    return new Found(owner, null);
  }

  private static DirectoryStream<Path> others(Path store, ProcessMark mine, String suffix) throws IOException {
    return Files.newDirectoryStream(store.getParent(), file -> {
      String name = file.getFileName().toString();
      String prefix = prefix(store);
      if (!name.startsWith(prefix) || !name.endsWith(suffix)) return false;
      String mark = name.substring(prefix.length(), Math.max(prefix.length(), name.lastIndexOf('-')));
      return mine.isOtherOfThisKernel(mark);
    });
  }

  private void sweep(Path store, ProcessMark mine) throws IOException {
    long due = nextSweep.get();
    long now = System.nanoTime();
    if (now - due < 0 || !nextSweep.compareAndSet(due, now + SWEEP_NANOS)) return;
    try (DirectoryStream<Path> files = others(store, mine, "")) {
      for (Path file : files) {
        boolean old = Files.getLastModifiedTime(file).toMillis() < System.currentTimeMillis() - ORPHAN_MILLIS;
        if (old && !dead.contains(file)) remove(file);
      }
    }
  }

  private static void remove(Path file) {
    try {
      if (Interrupts.outlast(() -> new Found(null, file).isUnlocked())) Files.deleteIfExists(file);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Cannot remove {}: {}", file, e.toString());
    }
  }

  /** Ends what is still held. */
  void close() {
    for (Held hold : held) hold.close();
  }

  /** Where an owner's file is; null where it has none, or none that tells anything here. */
  private static final class Found {
    final String owner;
    final Path file;

    Found(String owner, Path file) {
      this.owner = owner;
      this.file = file;
    }

    boolean isUnlocked() throws IOException {
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) return false;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        // Shared, so that lookers in several processes do not take each other for the owner. And if the file has
        // vanished since it was opened, its owner has just ended well.
        return channel.tryLock(0, Long.MAX_VALUE, true) != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      } catch (OverlappingFileLockException e) {
        return false; // another thread of this JVM is looking
      }
    }
  }

  private final class Held implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();

    Held(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    @Override
    public void close() {
      if (!closed.compareAndSet(false, true)) return;
      held.remove(this);
      try {
        release(file, channel);
      } catch (IOException | RuntimeException e) {
        LOG.debug("Cannot remove {}: {}", file, e.toString());
      }
      for (Path other : dead) {
        if (dead.remove(other)) remove(other);
      }
    }
  }
}
