package org.everbearer.runner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory of this process, gone when it is closed. */
public final class WorkDirectory implements AutoCloseable {
  static final String PREFIX = "everbearer-runner-";
  private static final String SAMPLE = "/everbearer-sample-webapp.war";

  private final Path root;

  private WorkDirectory(Path root) {
    this.root = root;
  }

  public static WorkDirectory create() throws UserError {
    try {
      return new WorkDirectory(Files.createTempDirectory(PREFIX));
    } catch (IOException e) {
      throw UserError.failure("cannot make a directory in " + System.getProperty("java.io.tmpdir") + " (" + e
          + "); name another with -Djava.io.tmpdir=DIRECTORY");
    }
  }

  /** Where Jetty may unpack the WAR. */
  Path unpacked() throws IOException {
    return Files.createDirectories(root.resolve("web"));
  }

  /** A file that is not there yet; gone too when the process is told to end. */
  public Path file(String name) {
    root.toFile().deleteOnExit(); // the last that is named so goes first
    Path file = root.resolve(name);
    file.toFile().deleteOnExit();
    return file;
  }

  /** Where the sample may keep its tokens: good for this stand-in server, and gone with it. */
  Path tokens() {
    return root.resolve("tokens");
  }

  /** The sample WAR that is part of the runner's JAR. */
  Path sampleWar() throws UserError {
    Path war = root.resolve("sample.war");
    try (InputStream in = WorkDirectory.class.getResourceAsStream(SAMPLE)) {
      if (in == null) {
        throw UserError.failure("this build of the runner holds no sample; build it with mvn package, or name a WAR "
            + "with --war FILE");
      }
      Files.copy(in, war);
      return war;
    } catch (IOException e) {
      throw UserError.failure("cannot write " + war + " (" + e + "); is the disk full?");
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) Files.deleteIfExists(file);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("cannot remove " + root + ": " + e);
    }
  }
}
