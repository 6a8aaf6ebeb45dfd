package org.everbearer.runner.standin;

/** An access token and the single-use refresh token that came with it; the latter is null for client credentials. */
public record TokenPair(String accessToken, String refreshToken) {
  /** Never a token. */
  @Override
  public String toString() {
    return refreshToken == null ? "TokenPair[access only]" : "TokenPair[access and refresh]";
  }
}
