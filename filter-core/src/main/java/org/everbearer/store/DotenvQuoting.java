package org.everbearer.store;

import java.io.IOException;

/** How a value stands in a {@code .env} file so that shells, container tools and this library read the same. */
final class DotenvQuoting {
  static final char NONE = 0;
  private static final String ESCAPED = "\\\"$`";
  private static final String HARMLESS = "._~+/=:@%,^-";

  private DotenvQuoting() {}

  /** In the style that was there, unless the value cannot be said in it. */
  static String encode(String name, String value, char quote) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7e) {
        throw new IOException(
            "the value for " + name + " has a character at position " + i + " that a token cannot have");
      }
    }
    if (quote == NONE && isHarmless(value)) return value;
    if (quote != '"' && value.indexOf('\'') < 0) return '\'' + value + '\'';
    StringBuilder escaped = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      if (ESCAPED.indexOf(c) >= 0) escaped.append('\\');
      escaped.append(c);
    }
    return escaped.append('"').toString();
  }

  private static boolean isHarmless(String value) {
    for (char c : value.toCharArray()) {
      boolean alphanumeric = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!alphanumeric && HARMLESS.indexOf(c) < 0) return false;
    }
    return true;
  }

  /** What stands between double quotes. A backslash before any other character is an ordinary one. */
  static String unescape(String quoted) {
    StringBuilder plain = new StringBuilder(quoted.length());
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c == '\\' && i + 1 < quoted.length() && ESCAPED.indexOf(quoted.charAt(i + 1)) >= 0) c = quoted.charAt(++i);
      plain.append(c);
    }
    return plain.toString();
  }
}
