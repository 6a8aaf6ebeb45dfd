package org.everbearer.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a {@code .env} file as the common libraries do: {@code export}, comments, single, double and
 * backtick quotes (which may span lines), escapes in double quotes, CRLF. Nothing is expanded; the last of two equal
 * keys wins; a line that is none of this is passed over.
 */
final class DotenvText {
  private static final Pattern KEY = Pattern.compile("[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \\t]*=[ \\t]*");
  private static final Pattern AFTER_QUOTE = Pattern.compile("[ \\t]*(?:#[^\\n]*)?(?:\\n|\\z)");

  private DotenvText() {}

  static Map<String, String> parse(String content) {
    String text = (content.startsWith("\uFEFF") ? content.substring(1) : content).replace("\r\n", "\n");
    Map<String, String> values = new LinkedHashMap<>();
    Matcher key = KEY.matcher(text);
    int at = 0;
    while (at < text.length()) {
      int lineEnd = lineEnd(text, at);
      if (key.region(at, lineEnd).lookingAt()) {
        int close = closingQuote(text, key.end());
        if (close > 0) {
          values.put(key.group(1), quoted(text, key.end(), close));
          lineEnd = lineEnd(text, close);
        } else {
          values.put(key.group(1), unquoted(text.substring(key.end(), lineEnd)));
        }
      }
      at = lineEnd + 1;
    }
    return values;
  }

  private static int lineEnd(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /** Where the quote that opens at {@code open} closes; −1 if none opens, or it never closes, or text follows it. */
  private static int closingQuote(String text, int open) {
    if (open >= text.length()) return -1;
    char quote = text.charAt(open);
    if (quote != '"' && quote != '\'' && quote != '`') return -1;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote == '"') i++;
      else if (c == quote) return AFTER_QUOTE.matcher(text).region(i + 1, text.length()).lookingAt() ? i : -1;
    }
    return -1;
  }

  private static String quoted(String text, int open, int close) {
    String inner = text.substring(open + 1, close);
    if (text.charAt(open) != '"' || inner.indexOf('\\') < 0) return inner;
    StringBuilder plain = new StringBuilder(inner.length());
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c != '\\' || i + 1 == inner.length()) {
        plain.append(c);
        continue;
      }
      char escaped = inner.charAt(++i);
      switch (escaped) {
        case 'n': plain.append('\n'); break;
        case 'r': plain.append('\r'); break;
        case 't': plain.append('\t'); break;
        case '"': case '\\': case '$': case '`': plain.append(escaped); break;
        default: plain.append('\\').append(escaped);
      }
    }
    return plain.toString();
  }

  private static String unquoted(String rest) {
    if (rest.startsWith("#")) return "";
    for (int i = 1; i < rest.length(); i++) {
      if (rest.charAt(i) == '#' && (rest.charAt(i - 1) == ' ' || rest.charAt(i - 1) == '\t')) {
        return rest.substring(0, i).trim();
      }
    }
    return rest.trim();
  }
}
