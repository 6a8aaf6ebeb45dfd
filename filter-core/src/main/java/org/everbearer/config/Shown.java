package org.everbearer.config;

import java.time.Duration;
import java.util.Locale;
import org.everbearer.Fingerprint;

/** Values as people may read them. */
final class Shown {
  private static final int LONGEST = 120;

  private Shown() {}

  /** In quotes, on one line; of a URL neither user name, password nor query. */
  static String value(String text) {
    return "\"" + plain(text) + "\"";
  }

  /** The same without quotes. */
  static String plain(String text) {
    // What begins like a key in place of a key's file is one.
    if (text.startsWith("-----BEGIN") || text.startsWith("{")) return "…";
    String plain = text.replaceAll("://\\S*@", "://…@").replaceAll("(://[^?\\s]*)\\?\\S*", "$1?…")
        .replaceAll("(?i)\\bjdbc:(?!java:)([a-z0-9]+):.*", "jdbc:$1:…").replaceAll("\\p{Cntrl}+", " ");
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
  }

  /** A value as it would be written in the configuration. */
  static String spelled(Object value) {
    if (value instanceof Duration) return Durations.format((Duration) value);
    return value instanceof Enum ? ((Enum<?>) value).name().toLowerCase(Locale.ROOT) : value.toString();
  }

  static String secret(String text) {
    return "[" + Fingerprint.of(text) + "]";
  }
}
