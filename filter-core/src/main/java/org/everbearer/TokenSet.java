package org.everbearer;

import java.time.Duration;
import java.util.Objects;

/**
 * An access token and the refresh token that replaces it, as an application or a token endpoint hands them over.
 *
 * <pre>{@code
 * TokenSet first = TokenSet.of(accessToken, refreshToken);
 * TokenSet received = TokenSet.of(accessToken, refreshToken).expiresIn(Duration.ofMinutes(5));
 * }</pre>
 *
 * <p>Immutable. {@link #toString()} shows fingerprints, never a token.
 */
public final class TokenSet {
  private final String accessToken;
  private final String refreshToken;
  private final Duration expiresIn;

  private TokenSet(String accessToken, String refreshToken, Duration expiresIn) {
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
    this.expiresIn = expiresIn;
  }

  /**
   * @param accessToken the access token, or null when only a refresh token is known yet
   * @param refreshToken the refresh token, or null when there is none
   * @throws IllegalArgumentException if both are null, if the access token holds a character outside {@code b64token}
   *     (RFC 6750 §2.1), or the refresh token one outside {@code VSCHAR} (RFC 6749 appendix A.17)
   */
  public static TokenSet of(String accessToken, String refreshToken) {
    if (accessToken == null && refreshToken == null) {
      throw new IllegalArgumentException("neither an access token nor a refresh token");
    }
    if (accessToken != null) TokenSyntax.requireB64Token(accessToken);
    if (refreshToken != null) TokenSyntax.requireVisible(refreshToken);
    return new TokenSet(accessToken, refreshToken, null);
  }

  /**
   * A copy whose access token expires {@code lifetime} from now, as in {@code expires_in} (RFC 6749 §5.1). Zero and
   * negative values are kept: they say that the server handed out an expired token. Without it the expiry is read
   * from the token's own {@code exp} claim, if it has one.
   */
  public TokenSet expiresIn(Duration lifetime) {
    return new TokenSet(accessToken, refreshToken, Objects.requireNonNull(lifetime, "lifetime"));
  }

  /** The access token, or null. */
  public String accessToken() {
    return accessToken;
  }

  /** The refresh token, or null. */
  public String refreshToken() {
    return refreshToken;
  }

  /** How long the access token lives, counted from the moment this set was handed over; null when unknown. */
  public Duration expiresIn() {
    return expiresIn;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof TokenSet)) return false;
    TokenSet that = (TokenSet) other;
    return Objects.equals(accessToken, that.accessToken)
        && Objects.equals(refreshToken, that.refreshToken)
        && Objects.equals(expiresIn, that.expiresIn);
  }

  @Override
  public int hashCode() {
    return Objects.hash(accessToken, refreshToken, expiresIn);
  }

  @Override
  public String toString() {
    return "TokenSet[access " + Fingerprint.of(accessToken) + ", refresh " + Fingerprint.of(refreshToken)
        + (expiresIn == null ? "" : ", expires in " + expiresIn) + "]";
  }
}
