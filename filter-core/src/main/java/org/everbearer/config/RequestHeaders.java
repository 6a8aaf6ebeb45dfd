package org.everbearer.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code Name: value}, one a line. Messages name a line and at most the header's name: the value may be an API key. */
final class RequestHeaders {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Set<String> OURS = Collections.unmodifiableSet(new HashSet<>(Arrays.asList("authorization",
      "host", "content-length", "content-type", "transfer-encoding", "connection")));

  private RequestHeaders() {}

  static Map<String, String> parse(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    String[] lines = text.split("\\r?\\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].trim();
      if (line.isEmpty()) continue;
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).trim();
      if (!name.matches(TOKEN)) throw new IllegalArgumentException("must be one Name: value a line; line " + (i + 1) + " is not");
      String value = line.substring(colon + 1).trim();
      check(name, value);
      if (headers.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
        throw new IllegalArgumentException("must name each header once; " + name + " is there twice");
      }
      headers.put(name, value);
    }
    return Collections.unmodifiableMap(headers);
  }

  private static void check(String name, String value) {
    if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("must not set " + name + ", which the client sets itself");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < 0x20 && c != '\t') || c > 0x7e) {
        throw new IllegalArgumentException("must have values of printable ASCII; that of " + name + " is not");
      }
    }
  }
}
