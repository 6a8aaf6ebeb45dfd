package org.everbearer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Exclusion between threads, between web applications of one JVM (each with its own copy of this class) and between
 * processes. It is held for a few file operations and never while waiting for anything else.
 *
 * <p>POSIX locks belong to the process: closing <em>any</em> channel of a file drops the locks that the whole JVM has
 * on it, another web application's included. So the channel stays open between uses, and opening, trying and closing
 * are for one thread of the JVM at a time. Class loaders share nothing that could say so but the system properties: one
 * named after the lock file is there for the few moments that this takes. It is a flag and no monitor. Nobody waits for
 * it without end: should its owner hang in the file system, every other thread gives up after its time, and only those
 * of this one path are concerned.
 *
 * <p>What a thread holds while it does I/O is thus its instance's turn, the flag, and then the lock itself; each is
 * tried for at most the time that is given, and all are of this one path.
 */
final class LockFile {
  private static final long LONGEST_PAUSE_MILLIS = 20;
  private static final String FLAG = "org.everbearer.lock:";

  private final ReentrantLock turn = new ReentrantLock(true);
  private final Duration wait;
  private final FileMode mode;
  // Guarded by turn.
  private Path path;
  private FileChannel channel;
  private Object identity;

  LockFile(Duration wait, FileMode mode) {
    this.wait = wait;
    this.mode = mode;
  }

  /** What to do while the lock is held. */
  interface Work<T> {
    T run() throws IOException;
  }

  <T> T hold(Path lockPath, Work<T> work) throws IOException {
    long deadline = System.nanoTime() + wait.toNanos();
    awaitTurn(lockPath, deadline);
    try {
      FileLock lock = acquire(lockPath, deadline);
      try {
        return work.run();
      } finally {
        lock.release();
      }
    } finally {
      turn.unlock();
    }
  }

  private void awaitTurn(Path lockPath, long deadline) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (turn.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) return;
          throw busy(lockPath);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private FileLock acquire(Path lockPath, long deadline) throws IOException {
    long pause = 1;
    while (true) {
      FileLock lock;
      try {
        lock = attempt(lockPath);
      } catch (IOException e) {
        throw new IOException("cannot lock " + lockPath + " (" + e + "): the server's user must be able to write in"
            + " its directory, and the file system must support locks", e);
      }
      if (lock != null) return lock;
      if (System.nanoTime() - deadline >= 0) throw busy(lockPath);
      pause(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private FileLock attempt(Path lockPath) throws IOException {
    if (!enter(lockPath)) return null;
    try {
      if (channel == null || !channel.isOpen() || !lockPath.equals(path)) open(lockPath);
      FileLock lock = channel.tryLock();
      if (lock == null) return null;
      boolean sound = false;
      try {
        sound = Objects.equals(identity, identity(lockPath));
        return sound ? lock : null;
      } finally {
        // Somebody removed the lock file, and this lock is on a file that nobody else will find; or nobody can tell.
        if (!sound) channel.close();
      }
    } catch (OverlappingFileLockException e) {
      return null; // held by another web application of this JVM
    } finally {
      leave(lockPath);
    }
  }

  private static boolean enter(Path lockPath) {
    return System.getProperties().putIfAbsent(FLAG + lockPath, "held") == null;
  }

  private static void leave(Path lockPath) {
    System.getProperties().remove(FLAG + lockPath);
  }

  private void open(Path lockPath) throws IOException {
    boolean made = Files.notExists(lockPath);
    channel = FileChannel.open(
        lockPath, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Permissions.ownerOnly(lockPath));
    path = lockPath;
    if (made) Permissions.share(mode, lockPath.resolveSibling(storeName(lockPath)), lockPath);
    identity = identity(lockPath);
  }

  private static String storeName(Path lockPath) {
    String name = lockPath.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static Object identity(Path lockPath) throws IOException {
    try {
      return Files.readAttributes(lockPath, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return "none";
    }
  }

  private static void pause(long millis) {
    boolean interrupted = Thread.interrupted();
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  private IOException busy(Path lockPath) {
    return new IOException("the lock " + lockPath + " is held by another process, or by a thread that hangs in its file"
        + " system, for more than " + wait + "; find it with: fuser " + Permissions.quoted(lockPath));
  }

  /** Waits for other web applications of this JVM, whose lock would end with this channel; rather it is left open. */
  void close() {
    long deadline = System.nanoTime() + wait.toNanos();
    boolean mine = false;
    while (!(mine = turn.tryLock()) && System.nanoTime() - deadline < 0) pause(LONGEST_PAUSE_MILLIS);
    if (!mine) return;
    try {
      while (channel != null && !closed() && System.nanoTime() - deadline < 0) pause(LONGEST_PAUSE_MILLIS);
    } finally {
      turn.unlock();
    }
  }

  private boolean closed() {
    if (!enter(path)) return false;
    try {
      // Got, or refused because of another process: either way no other lock of this JVM is lost.
      channel.tryLock();
      channel.close();
      return true;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true; // nothing is left to release
    } finally {
      leave(path);
    }
  }
}
