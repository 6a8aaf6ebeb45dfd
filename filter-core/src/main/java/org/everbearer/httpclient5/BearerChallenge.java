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
  private boolean bearer;
  private boolean otherScheme;
  private boolean invalidToken;
  private boolean otherError;

  private BearerChallenge(String text) {
    this.text = text;
  }

  /**
   * Whether a 401 means that another token may help: a Bearer challenge says {@code invalid_token}, or names no error.
   * One that asks for other credentials only, such as a password, says nothing about the token; one that has no
   * challenge, against RFC 9110 §15.5.2, or nothing readable, says nothing else.
   */
  static boolean rejectsToken(MessageHeaders response) {
    boolean bearer = false;
    boolean otherScheme = false;
    boolean otherError = false;
    for (Header header : response.getHeaders(HttpHeaders.WWW_AUTHENTICATE)) {
      if (header.getValue() == null) continue;
      BearerChallenge challenge = new BearerChallenge(header.getValue());
      challenge.read();
      if (challenge.invalidToken) return true;
      bearer |= challenge.bearer;
      otherScheme |= challenge.otherScheme;
      otherError |= challenge.otherError;
    }
    return bearer ? !otherError : !otherScheme;
  }

  /** The {@code WWW-Authenticate} fields as they are, not yet fit to be shown; null if there are none. */
  static String wordsOf(MessageHeaders response) {
    Header[] fields = response.getHeaders(HttpHeaders.WWW_AUTHENTICATE);
    if (fields.length == 0) return null;
    StringBuilder words = new StringBuilder("WWW-Authenticate: ");
    for (int i = 0; i < fields.length; i++) words.append(i == 0 ? "" : ", ").append(fields[i].getValue());
    return words.toString();
  }

  private void read() {
    for (skip(" \t,"); at < text.length(); skip(" \t,")) {
      String name = token();
      skip(" \t");
      if (is('=')) {
        parameter(name);
      } else {
        challenge(name);
        String first = token();
        skip(" \t");
        if (is('=')) parameter(first);
      }
      skipToComma();
    }
  }

  private void challenge(String name) {
    scheme = name;
    // The other names of servers that take a Bearer token: from the drafts of OAuth 2.0, and home-grown.
    if (isBearer() || name.equalsIgnoreCase("OAuth") || name.equalsIgnoreCase("Token")) {
      bearer = true;
    } else if (!name.isEmpty()) {
      otherScheme = true;
    }
  }

  private boolean isBearer() {
    return scheme.equalsIgnoreCase("Bearer");
  }

  private void parameter(String name) {
    at++;
    skip(" \t");
    String value = is('"') ? quoted() : token();
    if (!isBearer() || !name.equalsIgnoreCase("error")) return;
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
