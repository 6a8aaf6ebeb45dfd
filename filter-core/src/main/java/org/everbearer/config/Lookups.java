package org.everbearer.config;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.naming.NamingException;
import org.everbearer.store.DotenvFile;

/** The places that a reference may point to. */
final class Lookups {
  static final List<String> KINDS = Collections.unmodifiableList(Arrays.asList("env", "sys", "file", "jndi", "dotenv"));
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final ConfigSource source;

  Lookups(ConfigSource source) {
    this.source = source;
  }

  /** There is no such thing, or it is empty: a default applies. */
  static final class NothingThere extends Exception {
    private static final long serialVersionUID = 1L;

    NothingThere(String message) {
      super(message);
    }
  }

  /** @throws IllegalArgumentException if it is there but cannot be used; the message goes on after the reference */
  String lookup(String kind, String name) throws NothingThere {
    if (name.isEmpty()) throw new IllegalArgumentException("has no name");
    switch (kind) {
      case "env": return present(source.environment().get(name), "environment variable " + name);
      case "sys": return present(source.systemProperties().get(name), "system property " + name);
      case "file": return file(name);
      case "jndi": return jndi(name);
      default: return dotenv(name);
    }
  }

  /** The part of {@code PATH#KEY} before the key. */
  static String dotenvPath(String name) {
    int hash = name.lastIndexOf('#');
    return hash < 0 ? name : name.substring(0, hash);
  }

  private String file(String name) throws NothingThere {
    String text = new String(read(name), StandardCharsets.UTF_8);
    String content = (text.startsWith("\uFEFF") ? text.substring(1) : text).trim();
    if (content.isEmpty()) throw new NothingThere("the file " + source.resolve(name) + " is empty");
    return content;
  }

  private String dotenv(String name) throws NothingThere {
    String path = dotenvPath(name);
    String key = name.substring(Math.min(name.length(), path.length() + 1)).trim();
    if (path.isEmpty() || key.isEmpty()) {
      throw new IllegalArgumentException("must name a file and a key: #{dotenv:PATH#KEY}");
    }
    DotenvFile file = DotenvFile.parse(read(path));
    String flaw = file.flaw(key);
    if (flaw != null) throw new IllegalArgumentException("cannot be used: " + source.resolve(path) + ", " + flaw);
    return present(file.value(key), "key " + key + " in " + source.resolve(path));
  }

  private String jndi(String name) throws NothingThere {
    Object found;
    try {
      found = source.lookup(name);
    } catch (NamingException e) {
      throw new NothingThere("no JNDI name " + name + (name.indexOf(':') < 0 ? ", nor java:comp/env/" + name : ""));
    }
    if (found != null && !(found instanceof CharSequence || found instanceof Number || found instanceof Boolean)) {
      throw new IllegalArgumentException("names a " + found.getClass().getName() + ", not a text");
    }
    return present(found == null ? null : found.toString(), "JNDI name " + name);
  }

  private byte[] read(String name) throws NothingThere {
    Path path;
    try {
      path = source.resolve(name.trim());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason());
    }
    try {
      if (Files.size(path) > MAX_FILE_BYTES) throw new IllegalArgumentException("is larger than 1 MiB: " + path);
      return Files.readAllBytes(path);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new NothingThere("there is no file " + path);
    } catch (IOException e) {
      // A default must not hide a secret that is there but may not be read.
      throw new IllegalArgumentException("cannot be read: " + e);
    }
  }

  private static String present(String value, String what) throws NothingThere {
    if (value == null) throw new NothingThere("no " + what);
    if (value.isEmpty()) throw new NothingThere("the " + what + " is empty");
    return value;
  }
}
