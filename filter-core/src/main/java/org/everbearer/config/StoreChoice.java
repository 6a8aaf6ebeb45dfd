package org.everbearer.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.everbearer.TokenStore;

/** The parsed {@code store}. */
final class StoreChoice {

  enum Kind {
    MEMORY, FILE, DOTENV, JDBC, CUSTOM
  }

  private static final List<String> KINDS = Arrays.asList("memory", "file", "dotenv", "jdbc");
  private static final String RULE =
      "must be memory, file:PATH, dotenv:PATH, jdbc:JNDI-NAME, or the full name of a class that implements "
       + TokenStore.class.getName();

  private final Kind kind;
  private final Path path;
  private final boolean relative;
  private final String jndiName;
  private final Class<? extends TokenStore> type;

  private StoreChoice(Kind kind, Path path, boolean relative, String jndiName, Class<? extends TokenStore> type) {
    this.kind = kind;
    this.path = path;
    this.relative = relative;
    this.jndiName = jndiName;
    this.type = type;
  }

  static StoreChoice parse(String text, ConfigSource source) {
    if (text.equals("memory")) return new StoreChoice(Kind.MEMORY, null, false, null, null);
    int colon = text.indexOf(':');
    String rest = text.substring(colon + 1).trim();
    switch (colon < 0 ? "" : text.substring(0, colon)) {
      case "file": return new StoreChoice(Kind.FILE, path(rest, source), isRelative(rest), null, null);
      case "dotenv": return new StoreChoice(Kind.DOTENV, path(rest, source), isRelative(rest), null, null);
      case "jdbc": return new StoreChoice(Kind.JDBC, null, false, jndiName(rest), null);
      default: break;
    }
    if (ApplicationClass.looksLikeOne(text)) {
      return new StoreChoice(Kind.CUSTOM, null, false, null, ApplicationClass.load(text, TokenStore.class));
    }
    throw new IllegalArgumentException(
        RULE + Spelling.didYouMean(colon < 0 ? text : text.substring(0, colon), KINDS));
  }

  private static Path path(String rest, ConfigSource source) {
    if (rest.isEmpty()) throw new IllegalArgumentException(RULE + "; the path is missing");
    Path path;
    try {
      path = source.resolve(rest);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(RULE + "; the path is none: " + e.getReason());
    }
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IllegalArgumentException("must lie in a directory that exists and may be written; there is none at "
          + directory);
    }
    if (Files.isDirectory(path)) throw new IllegalArgumentException("must name a file; " + path + " is a directory");
    return path;
  }

  /** Of what is a path. */
  private static boolean isRelative(String rest) {
    return !Paths.get(rest).isAbsolute();
  }

  private static String jndiName(String rest) {
    if (rest.isEmpty()) throw new IllegalArgumentException(RULE + "; the JNDI name is missing");
    boolean name = rest.startsWith("java:") || rest.indexOf(':') < 0 && rest.indexOf('?') < 0;
    if (!name) {
      throw new IllegalArgumentException(RULE + "; this is the URL of a database: define a data source in the container"
          + " and give its name, for instance jdbc:jdbc/tokens");
    }
    return rest;
  }

  Kind kind() {
    return kind;
  }

  /** Whether the medium belongs to one client alone. */
  boolean isFile() {
    return kind == Kind.FILE || kind == Kind.DOTENV;
  }

  /** Absolute; null unless {@link #isFile()}. */
  Path path() {
    return path;
  }

  /** Whether the path was written without its beginning, so that it depends on where the server was started. */
  boolean isRelative() {
    return relative;
  }

  /** Null unless it is a database. */
  String jndiName() {
    return jndiName;
  }

  /** Null unless it is the application's own. */
  Class<? extends TokenStore> type() {
    return type;
  }

  @Override
  public String toString() {
    if (type != null) return type.getName();
    String prefix = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.MEMORY ? prefix : prefix + ":" + (path == null ? jndiName : path);
  }
}
