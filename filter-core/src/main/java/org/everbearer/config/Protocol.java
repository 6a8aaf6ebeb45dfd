package org.everbearer.config;

/** How tokens are renewed: the parsed {@code protocol}. */
public enum Protocol {
  /** A JSON endpoint that takes a refresh token. */
  REFRESH_SESSION("refresh-session"),
  /** The refresh token grant (RFC 6749 §6). */
  OAUTH2("oauth2"),
  /** The client credentials grant (RFC 6749 §4.4). */
  CLIENT_CREDENTIALS("client-credentials"),
  /** The refresh of WorkOS user management. */
  WORKOS("workos"),
  /** The configured token, used as it is. */
  STATIC("static"),
  /** The bearer token of the inbound request, passed on. */
  RELAY("relay"),
  /** The bearer token of the inbound request, exchanged for another (RFC 8693). */
  TOKEN_EXCHANGE("token-exchange"),
  /** A {@link org.everbearer.TokenRefresher} of the application's own. */
  CUSTOM(null);

  private final String spelling;

  Protocol(String spelling) {
    this.spelling = spelling;
  }

  /** As it is written in the configuration; null for {@link #CUSTOM}, where a class name stands. */
  public String spelling() {
    return spelling;
  }
}
