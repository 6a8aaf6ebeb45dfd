package org.everbearer.refresh;

/** The success of RFC 6749 §5.1. */
final class OAuthBody {
  private OAuthBody() {}

  static String of(String accessToken, String refreshToken) {
    return "{\"access_token\":\"" + accessToken + "\",\"token_type\":\"bearer\""
        + (refreshToken == null ? "" : ",\"refresh_token\":\"" + refreshToken + "\"") + "}";
  }
}
