package org.everbearer.runner.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.everbearer.runner.UserError;
import org.everbearer.runner.WarServer;

/** A WAR, packed or unpacked, and the JARs in it; read where they lie. */
final class WebArchive implements AutoCloseable {
  private final List<FileSystem> opened = new ArrayList<>();
  private final Path root;
  /** Roots of the JARs in {@code WEB-INF/lib} by file name. */
  private final Map<String, Path> jars = new LinkedHashMap<>();

  private WebArchive(Path war) throws IOException {
    root = Files.isDirectory(war) ? war : open(war);
    Path lib = root.resolve("WEB-INF/lib");
    if (!Files.isDirectory(lib)) return;
    List<Path> files;
    try (Stream<Path> all = Files.list(lib)) {
      files = all.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path file : files) jars.put(file.getFileName().toString(), open(file));
  }

  static WebArchive open(Path war, String option) throws UserError {
    WarServer.requireWar(war);
    try {
      return new WebArchive(war);
    } catch (IOException e) {
      throw UserError.failure(option + " " + war + ": cannot be read (" + e + "); build it again");
    }
  }

  private Path open(Path zip) throws IOException {
    FileSystem files = FileSystems.newFileSystem(zip, Map.of());
    opened.add(files);
    return files.getPath("/");
  }

  /** The deployment descriptor, or null. */
  byte[] webXml() throws IOException {
    Path file = root.resolve("WEB-INF/web.xml");
    return Files.exists(file) ? Files.readAllBytes(file) : null;
  }

  /** The JARs that hold this class, by file name. */
  Map<String, byte[]> jarsWith(String className) throws IOException {
    Map<String, byte[]> found = new LinkedHashMap<>();
    for (Map.Entry<String, Path> jar : jars.entrySet()) {
      Path file = jar.getValue().resolve(file(className));
      if (Files.exists(file)) found.put(jar.getKey(), Files.readAllBytes(file));
    }
    return found;
  }

  /** Whether a class of the application's own mentions this text, as in {@code javax/servlet/}. */
  boolean ownClassMentions(String text) throws IOException {
    Path classes = root.resolve("WEB-INF/classes");
    if (!Files.isDirectory(classes)) return false;
    try (Stream<Path> all = Files.walk(classes)) {
      return all.filter(file -> file.toString().endsWith(".class")).anyMatch(file -> mentions(file, text));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean mentions(Path file, String text) {
    try {
      return mentions(Files.readAllBytes(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        byte[] bytes = bytes(name);
        if (bytes == null) throw new ClassNotFoundException(name);
        return defineClass(name, bytes, 0, bytes.length);
      }
    };
  }

  private byte[] bytes(String className) {
    List<Path> places = new ArrayList<>(Collections.singleton(root.resolve("WEB-INF/classes")));
    places.addAll(jars.values());
    try {
      for (Path place : places) {
        Path file = place.resolve(file(className));
        if (Files.exists(file)) return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  private static String file(String className) {
    return className.replace('.', '/') + ".class";
  }

  @Override
  public void close() {
    Collections.reverse(opened);
    for (FileSystem files : opened) {
      try {
        files.close();
      } catch (IOException readOnlyAndSoWithoutHarm) {
        // Nothing was written.
      }
    }
  }
}
