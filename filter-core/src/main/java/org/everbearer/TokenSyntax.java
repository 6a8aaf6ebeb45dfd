package org.everbearer;

/** The characters that the RFCs allow in tokens. Messages name a position, never the token. */
final class TokenSyntax {
  private TokenSyntax() {}

  /** {@code b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="} (RFC 6750 §2.1). */
  static void requireB64Token(String token) {
    int end = token.length();
    while (end > 0 && token.charAt(end - 1) == '=') end--;
    if (end == 0) throw new IllegalArgumentException("the access token is empty");
    for (int i = 0; i < end; i++) {
      char c = token.charAt(i);
      boolean allowed = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
          || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
      if (!allowed) throw forbidden("access token", i, c, "RFC 6750 section 2.1");
    }
  }

  /** {@code 1*VSCHAR}, that is printable US-ASCII (RFC 6749 appendix A.17). */
  static void requireVisible(String token) {
    if (token.isEmpty()) throw new IllegalArgumentException("the refresh token is empty");
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c < 0x20 || c > 0x7e) throw forbidden("refresh token", i, c, "RFC 6749 appendix A.17");
    }
  }

  private static IllegalArgumentException forbidden(String what, int index, char c, String rule) {
    return new IllegalArgumentException(String.format(
        "the %s holds the character U+%04X at position %d, which %s forbids", what, (int) c, index, rule));
  }
}
