package org.everbearer.httpclient5;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;

/**
 * Reads the Bearer challenges (RFC 6750 §3) out of a {@code WWW-Authenticate} field (RFC 9110 §11.6.1): a comma
 * separated list whose elements each either begin a challenge or go on with the one before. Nonsense is stepped over.
 */
final class BearerChallenge {
  private static final String SEPARATORS = "()<>@,;:\\\"/[]?={} \t";

  private final String text;
  private int at;
  private String scheme = "";
  private boolean invalidToken;
  private boolean otherError;

  private BearerChallenge(String text) {
    this.text = text;
  }

  /** Whether a 401 means that another token may help: {@code invalid_token}, or no error named at all. */
  static boolean rejectsToken(MessageHeaders response) {
    boolean otherError = false;
    for (Header header : response.getHeaders(HttpHeaders.WWW_AUTHENTICATE)) {
      if (header.getValue() == null) continue;
      BearerChallenge challenge = new BearerChallenge(header.getValue());
      challenge.read();
      if (challenge.invalidToken) return true;
      otherError |= challenge.otherError;
    }
    return !otherError;
  }

  private void read() {
    for (skip(" \t,"); at < text.length(); skip(" \t,")) {
      String name = token();
      skip(" \t");
      if (is('=')) {
        parameter(name);
      } else {
        scheme = name;
        String first = token();
        skip(" \t");
        if (is('=')) parameter(first);
      }
      skipToComma();
    }
  }

  private void parameter(String name) {
    at++;
    skip(" \t");
    String value = is('"') ? quoted() : token();
    if (!scheme.equalsIgnoreCase("Bearer") || !name.equalsIgnoreCase("error")) return;
    if (value.equals("invalid_token")) {
      invalidToken = true;
    } else {
      otherError = true;
    }
  }

  private String token() {
    int start = at;
    while (at < text.length() && SEPARATORS.indexOf(text.charAt(at)) < 0) at++;
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length() && !is('"'); at++) {
      if (is('\\') && at + 1 < text.length()) at++;
      value.append(text.charAt(at));
    }
    at++;
    return value.toString();
  }

  private void skipToComma() {
    while (at < text.length() && !is(',')) {
      if (is('"')) {
        quoted();
      } else {
        at++;
      }
    }
  }

  private void skip(String characters) {
    while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) at++;
  }

  private boolean is(char expected) {
    return at < text.length() && text.charAt(at) == expected;
  }
}
