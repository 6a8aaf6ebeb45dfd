package org.everbearer.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A {@code .env} file, in which single values can be replaced while every other byte stays: comments, order, quoting
 * style, {@code export}, line endings, the end of the file.
 *
 * <pre>{@code
 * String token = DotenvFile.parse(Files.readAllBytes(path)).value("AUTH_ACCESS_TOKEN");
 * }</pre>
 *
 * <p>Understood are {@code NAME=value}, {@code NAME='literal'} and {@code NAME="with \" escapes"}, optionally after
 * {@code export} and before a comment; quoted values may span lines, if nothing but a comment follows the closing quote.
 * A quote that is not closed so is left open, and ends with its line. Of several assignments of one name the last counts.
 * Nothing is substituted. Immutable.
 */
public final class DotenvFile {
  // One char per byte, so that bytes of any encoding come out as they went in. Tokens are ASCII.
  private final String text;
  private final List<DotenvLine> lines;

  private DotenvFile(String text) {
    this.text = text;
    this.lines = new ArrayList<>();
    int at = text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0; // UTF-8 byte order mark
    while (at < text.length()) {
      DotenvLine line = DotenvLine.at(text, at);
      if (line.name() != null) lines.add(line);
      at = line.next();
    }
  }

  /** Any bytes will do: what is no assignment is skipped. */
  public static DotenvFile parse(byte[] bytes) {
    return new DotenvFile(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** The value that was assigned last, perhaps empty; null if the name does not occur. */
  public String value(String name) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).name().equals(name)) return utf8(lines.get(i).value());
    }
    return null;
  }

  /**
   * Why the value of this name, or that there is none, is hardly what is meant: a quote was left open. Null if all is
   * well. The text names the line and quotes nothing.
   */
  public String flaw(String name) {
    boolean assigned = false;
    for (DotenvLine line : lines) {
      if (!line.name().equals(name)) continue;
      assigned = true;
      if (line.isLeftOpen()) return "line " + number(line) + ": the quote before the value of " + name + " is not closed";
    }
    for (DotenvLine line : lines) {
      if (assigned || !line.spansLines()) continue;
      String[] inside = text.substring(line.valueStart(), line.valueEnd()).split("\n");
      for (int i = 1; i < inside.length; i++) {
        if (!name.equals(DotenvLine.at(inside[i], 0).name())) continue;
        return "line " + (number(line) + i) + ", which assigns " + name + ", stands within the quoted value of "
            + line.name() + " that begins in line " + number(line) + ": close that quote";
      }
    }
    return null;
  }

  private int number(DotenvLine line) {
    int number = 1;
    for (int i = text.indexOf('\n'); i >= 0 && i < line.valueStart(); i = text.indexOf('\n', i + 1)) number++;
    return number;
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /**
   * A copy in which every assignment of the name has this value; appended if there is none. Null means empty.
   *
   * @throws IOException if that would remove what may be no part of the old value
   */
  DotenvFile with(String name, String value) throws IOException {
    String flaw = flaw(name);
    if (flaw != null) throw new IOException(flaw);
    String assigned = value == null ? "" : value;
    StringBuilder changed = new StringBuilder();
    int copied = 0;
    for (DotenvLine line : lines) {
      if (!line.name().equals(name) || line.value().equals(assigned)) continue;
      if (line.spansLines()) {
        throw new IOException("line " + number(line) + ": the quote before the value of " + name
            + " is not closed in its line");
      }
      changed.append(text, copied, line.valueStart()).append(DotenvQuoting.encode(name, assigned, line.quote()));
      copied = line.valueEnd();
    }
    changed.append(text, copied, text.length());
    if (value(name) == null && value != null) append(changed, name, value);
    DotenvFile after = new DotenvFile(changed.toString());
    // What was no quote around the old value may be one around others now.
    boolean understood = after.others(name).equals(others(name)) && Objects.equals(after.value(name), expected(name, value));
    if (!understood) throw new IOException("a quote is not closed" + firstLeftOpen());
    return after;
  }

  private String expected(String name, String value) {
    return value == null && value(name) != null ? "" : value;
  }

  private List<String> others(String name) {
    List<String> others = new ArrayList<>();
    for (DotenvLine line : lines) {
      if (!line.name().equals(name)) others.add(line.name() + "=" + line.value());
    }
    return others;
  }

  private String firstLeftOpen() {
    for (DotenvLine line : lines) {
      if (line.isLeftOpen()) return ": see the value of " + line.name() + " in line " + number(line);
    }
    return "";
  }

  private void append(StringBuilder changed, String name, String value) throws IOException {
    int firstEnd = text.indexOf('\n');
    String lineEnd = firstEnd > 0 && text.charAt(firstEnd - 1) == '\r' ? "\r\n" : "\n";
    boolean terminated = text.isEmpty() || text.endsWith("\n");
    if (!terminated) changed.append(lineEnd);
    changed.append(name).append('=').append(DotenvQuoting.encode(name, value, DotenvQuoting.NONE));
    if (terminated) changed.append(lineEnd);
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
