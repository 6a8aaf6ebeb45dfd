package org.everbearer.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Replaces <code>#{kind:NAME}</code> and <code>#{kind:NAME:-default}</code> in what somebody wrote. A name and a
 * default may hold references themselves; what a reference yields is never looked at again, so a secret may hold any
 * character. Braces within a reference must be balanced: each <code>{</code> takes a <code>}</code> along, so that a
 * default may be a regular expression or a JSON text.
 */
final class References {
  private static final String OPEN = "#{";
  private static final String DEFAULT = ":-";

  private final Lookups lookups;
  private final boolean outsideContainer;

  References(ConfigSource source) {
    this.outsideContainer = source.isOutsideContainer();
    this.lookups = new Lookups(source);
  }

  /** What became of a raw value. */
  static final class Resolved {
    final StringBuilder text = new StringBuilder();
    final List<String> problems = new ArrayList<>();
    /** References that only the container can resolve. */
    final List<String> open = new ArrayList<>();
    /** Whether all of it stands in the configuration itself. */
    boolean literal = true;
    /** Whether a reference that is only a part of its line yielded a line break. */
    boolean brokenLine;

    String text() {
      return text.toString();
    }
  }

  Resolved resolve(String raw) {
    Resolved resolved = new Resolved();
    resolve(raw, true, resolved);
    return resolved;
  }

  /** The file that the whole value comes from, as written; null if it comes from elsewhere or from several places. */
  static String loneFile(String raw) {
    boolean file = raw.startsWith("#{file:") || raw.startsWith("#{dotenv:");
    if (!file || closing(raw, 0) != raw.length() - 1) return null;
    String[] parts = split(raw.substring(raw.indexOf(':') + 1, raw.length() - 1));
    return raw.startsWith("#{file:") ? parts[0] : Lookups.dotenvPath(parts[0]);
  }

  private void resolve(String raw, boolean ownLines, Resolved out) {
    int at = 0;
    for (int open = raw.indexOf(OPEN); open >= 0; open = raw.indexOf(OPEN, at)) {
      out.text.append(raw, at, open);
      int close = closing(raw, open);
      if (close < 0) {
        out.problems.add("the reference that begins with #{ at position " + open + " is not closed by }"
            + (raw.indexOf('}', open) < 0 ? "" : ": within it every { needs a } of its own"));
        return;
      }
      boolean ownLine = ownLines && (open == 0 || raw.charAt(open - 1) == '\n')
          && (close + 1 == raw.length() || raw.charAt(close + 1) == '\n' || raw.charAt(close + 1) == '\r');
      resolveOne(raw.substring(open + OPEN.length(), close), ownLine, out);
      at = close + 1;
    }
    out.text.append(raw, at, raw.length());
  }

  private void resolveOne(String body, boolean ownLine, Resolved out) {
    int colon = body.indexOf(':');
    String kind = colon < 0 ? body : body.substring(0, colon);
    if (colon < 0 || !Lookups.KINDS.contains(kind)) {
      out.problems.add("#{" + kind + (colon < 0 ? "}" : ":…}") + " is no reference; there are #{env:NAME}, #{sys:NAME},"
          + " #{file:PATH}, #{jndi:NAME} and #{dotenv:PATH#KEY}" + Spelling.didYouMean(kind, Lookups.KINDS));
      return;
    }
    String[] parts = split(body.substring(colon + 1));
    Resolved name = resolve(parts[0].trim());
    out.problems.addAll(name.problems);
    out.open.addAll(name.open);
    if (!name.problems.isEmpty() || !name.open.isEmpty()) return;
    if (outsideContainer && kind.equals("jndi")) {
      out.open.add("#{jndi:" + name.text() + "}");
      return;
    }
    try {
      String value = lookups.lookup(kind, name.text());
      out.literal = false;
      if (!ownLine && (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0)) out.brokenLine = true;
      out.text.append(value);
    } catch (Lookups.NothingThere e) {
      if (parts[1] != null) resolve(parts[1], ownLine, out);
      else out.problems.add("#{" + kind + ":" + name.text() + "} resolves to nothing: " + e.getMessage()
          + "; set it, or write a default: #{" + kind + ":" + name.text() + ":-…}");
    } catch (IllegalArgumentException e) {
      out.problems.add("#{" + kind + ":" + name.text() + "} " + e.getMessage());
    }
  }

  /** Name and default; the default is null if there is none. */
  private static String[] split(String rest) {
    int depth = 0;
    for (int i = 0; i < rest.length(); i++) {
      if (rest.charAt(i) == '{') depth++;
      else if (rest.charAt(i) == '}' && depth > 0) depth--;
      else if (depth == 0 && rest.startsWith(DEFAULT, i)) {
        return new String[] {rest.substring(0, i), rest.substring(i + DEFAULT.length())};
      }
    }
    return new String[] {rest, null};
  }

  /** Where the reference that opens here closes, or −1. */
  private static int closing(String raw, int open) {
    int depth = 0;
    for (int i = open; i < raw.length(); i++) {
      if (raw.charAt(i) == '{') depth++;
      else if (raw.charAt(i) == '}' && --depth == 0) return i;
    }
    return -1;
  }
}
