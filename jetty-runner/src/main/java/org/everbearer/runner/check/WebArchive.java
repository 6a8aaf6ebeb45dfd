package org.everbearer.runner.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.everbearer.runner.UserError;
import org.everbearer.runner.WarServer;
import org.everbearer.runner.WorkDirectory;

/** A WAR, packed or unpacked, and the JARs in it. */
final class WebArchive implements AutoCloseable {
  private static final String LIB = "WEB-INF/lib/";
  private static final String CLASSES = "WEB-INF/classes/";

  /** How much is read of one descriptor or class file, and of all JARs together when they have to be unpacked. */
  record Limits(long file, long jars) {
    static final Limits DEFAULT = new Limits(16L << 20, 1L << 30);
  }

  private final Archive root;
  private final Limits limits;
  /** Where the JARs of a packed WAR lie meanwhile; null if it is a directory. */
  private final WorkDirectory work;
  private final Map<String, Archive> jars = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new TreeMap<>();

  private WebArchive(Path war, Limits limits) throws IOException, UserError {
    this.limits = limits;
    this.root = Archive.of(war);
    WorkDirectory made = null;
    try {
      made = Files.isDirectory(war) ? null : WorkDirectory.create();
      long rest = limits.jars();
      for (String name : root.names(LIB).stream().sorted().toList()) {
        String file = name.substring(LIB.length());
        if (!file.endsWith(".jar") || file.contains("/")) continue;
        rest -= open(file, made == null ? war.resolve(name) : made.file("jar-" + jars.size()), made != null, rest);
      }
    } catch (IOException | UserError | RuntimeException e) {
      if (made != null) made.close();
      root.close();
      throw e;
    }
    this.work = made;
  }

  /** @return how much of it was unpacked */
  private long open(String file, Path path, boolean packed, long limit) {
    try {
      long size = packed ? root.copy(LIB + file, path, limit) : 0;
      jars.put(file, Archive.of(path));
      return size;
    } catch (IOException e) {
      unreadable.put(file, e.getMessage());
      return 0;
    }
  }

  static WebArchive open(Path war, String option) throws UserError {
    return open(war, option, Limits.DEFAULT);
  }

  static WebArchive open(Path war, String option, Limits limits) throws UserError {
    WarServer.requireWar(war);
    try {
      return new WebArchive(war, limits);
    } catch (IOException | UncheckedIOException e) {
      throw UserError.failure(option + " " + war + ": cannot be read (" + e.getMessage() + "); build it again");
    }
  }

  /** The deployment descriptor, or null. */
  byte[] webXml() throws IOException {
    return root.read("WEB-INF/web.xml", limits.file());
  }

  /** By file name, without those that cannot be read. */
  Map<String, Archive> jars() {
    return jars;
  }

  /** Why, by file name. */
  Map<String, String> unreadableJars() {
    return unreadable;
  }

  byte[] read(Archive archive, String name) throws IOException {
    return archive.read(name, limits.file());
  }

  /** The names of the JARs that hold this file. */
  List<String> jarsWith(String file) {
    return jars.entrySet().stream().filter(jar -> jar.getValue().has(file)).map(Map.Entry::getKey).toList();
  }

  boolean hasAmongClasses(String file) {
    return root.has(CLASSES + file);
  }

  /** Whether a class of the application's own mentions this text, as in {@code javax/servlet/}. */
  boolean ownClassMentions(String text) throws IOException {
    for (String name : root.names(CLASSES)) {
      if (!name.endsWith(".class")) continue;
      try {
        if (mentions(root.read(name, limits.file()), text)) return true;
      } catch (IOException e) {
        throw new IOException(name + ": " + e.getMessage(), e);
      }
    }
    return false;
  }

  /** The names in a class file stand in it as they are. */
  static boolean mentions(byte[] classFile, String text) {
    return new String(classFile, StandardCharsets.ISO_8859_1).contains(text);
  }

  /** The application's classes, for protocols and stores of its own; the library itself is the runner's. */
  ClassLoader classes(ClassLoader parent) {
    return new ClassLoader(parent) {
      @Override
      protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = bytes(classFile(name));
        if (bytes == null) throw new ClassNotFoundException(name);
        return defineClass(name, bytes, 0, bytes.length);
      }
    };
  }

  private byte[] bytes(String file) throws ClassNotFoundException {
    try {
      byte[] own = root.read(CLASSES + file, limits.file());
      if (own != null) return own;
      for (Archive jar : jars.values()) {
        byte[] bytes = jar.read(file, limits.file());
        if (bytes != null) return bytes;
      }
      return null;
    } catch (IOException e) {
      throw new ClassNotFoundException(file + ": " + e.getMessage(), e);
    }
  }

  static String classFile(String className) {
    return className.replace('.', '/') + ".class";
  }

  @Override
  public void close() {
    jars.values().forEach(WebArchive::close);
    close(root);
    if (work != null) work.close();
  }

  private static void close(Archive archive) {
    try {
      archive.close();
    } catch (IOException readOnlyAndSoWithoutHarm) {
      // Nothing was written.
    }
  }
}
