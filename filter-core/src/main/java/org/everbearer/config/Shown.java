package org.everbearer.config;

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
    String plain = text.replaceAll("://[^/@\\s]*@", "://…@").replaceAll("(://[^?\\s]*)\\?\\S*", "$1?…")
        .replaceAll("(?i)\\bjdbc:(?!java:)([a-z0-9]+):.*", "jdbc:$1:…").replaceAll("\\p{Cntrl}+", " ");
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
  }

  static String secret(String text) {
    return "[" + Fingerprint.of(text) + "]";
  }
}
