package org.everbearer.store;

/** One line of a {@code .env} file, or several when a quoted value spans them. */
final class DotenvLine {
  private final String name;
  private final String value;
  private final char quote;
  private final int valueStart;
  private final int valueEnd;
  private final int next;

  private DotenvLine(String name, String value, char quote, int valueStart, int valueEnd, int next) {
    this.name = name;
    this.value = value;
    this.quote = quote;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
    this.next = next;
  }

  static DotenvLine at(String text, int start) {
    int end = lineEnd(text, start);
    int equals = text.indexOf('=', start);
    String name = equals < 0 || equals >= end ? null : name(text.substring(start, equals));
    if (name == null) return new DotenvLine(null, null, DotenvQuoting.NONE, start, start, afterLine(text, end));
    int from = skipBlanks(text, equals + 1, end);
    char quote = from < end ? text.charAt(from) : DotenvQuoting.NONE;
    if (quote == '\'' || quote == '"') {
      int close = closing(text, from + 1, quote);
      if (close > 0 && (close < end || nothingFollows(text, close + 1))) {
        String inner = text.substring(from + 1, close);
        String value = quote == '"' ? DotenvQuoting.unescape(inner) : inner;
        return new DotenvLine(name, value, quote, from, close + 1, afterLine(text, lineEnd(text, close)));
      }
    }
    int to = endOfPlain(text, from, end);
    // Of an empty value nothing may move behind the blanks or the comment that follow it.
    if (to == from) from = to = equals + 1;
    return new DotenvLine(name, text.substring(from, to), DotenvQuoting.NONE, from, to, afterLine(text, end));
  }

  private static String name(String beforeEquals) {
    String name = beforeEquals.trim();
    if (name.startsWith("export ") || name.startsWith("export\t")) name = name.substring(7).trim();
    for (char c : name.toCharArray()) {
      boolean allowed = c > ' ' && c != '#' && c != '\'' && c != '"' && c != 0x7f;
      if (!allowed) return null;
    }
    return name.isEmpty() ? null : name;
  }

  private static int skipBlanks(String text, int from, int end) {
    while (from < end && isBlank(text.charAt(from))) from++;
    return from;
  }

  private static int endOfPlain(String text, int from, int end) {
    int to = from;
    while (to < end && !(text.charAt(to) == '#' && isBlank(text.charAt(to - 1)))) to++;
    while (to > from && isBlank(text.charAt(to - 1))) to--;
    return to;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  /** Of a value on several lines: otherwise the quote that seems to close it opens another one, and it was left open. */
  private static boolean nothingFollows(String text, int from) {
    int end = lineEnd(text, from);
    int next = skipBlanks(text, from, end);
    return next == end || next > from && text.charAt(next) == '#';
  }

  private static int closing(String text, int from, char quote) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == quote) return i;
      if (c == '\\' && quote == '"') i++;
    }
    return -1;
  }

  private static int lineEnd(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private static int afterLine(String text, int end) {
    return Math.min(end + 1, text.length());
  }

  /** Null if the line assigns nothing. */
  String name() {
    return name;
  }

  String value() {
    return value;
  }

  /** The quotation mark, or {@link DotenvQuoting#NONE}. */
  char quote() {
    return quote;
  }

  boolean isLeftOpen() {
    return quote == DotenvQuoting.NONE && (value.startsWith("\"") || value.startsWith("'"));
  }

  boolean spansLines() {
    return value.indexOf('\n') >= 0;
  }

  int valueStart() {
    return valueStart;
  }

  /** Behind the closing quote. */
  int valueEnd() {
    return valueEnd;
  }

  int next() {
    return next;
  }
}
