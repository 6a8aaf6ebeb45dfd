package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.everbearer.log.Redaction;

/** Makes the reply of a token endpoint tokens (RFC 6749 §5.1), or the failure that it means. */
final class TokenResponse {
  private final HttpReply reply;
  private final Dialect dialect;
  private final URI uri;
  private final Redaction redaction;

  TokenResponse(HttpReply reply, Dialect dialect, URI uri, Redaction redaction) {
    this.reply = reply;
    this.dialect = dialect;
    this.uri = uri;
    this.redaction = redaction;
  }

  TokenSet tokens() throws TokenException {
    JsonObject body = reply.json();
    String accessToken = body == null ? null : Json.string(body, dialect.accessTokenPath);
    if (!reply.isSuccess() || accessToken == null) {
      Refusal refusal = new Refusal(reply, body, dialect, uri, redaction);
      if (reply.brokenOff() != null && !refusal.speaksForItself()) throw reply.brokenOff();
      throw refusal.meaning();
    }
    String refreshToken = dialect.refreshTokenPath == null ? null : Json.string(body, dialect.refreshTokenPath);
    requireStorable(refreshToken);
    String problem = problem(body, accessToken);
    if (problem != null) throw unusable(refreshToken, new TokenException(Reason.CONFIGURATION, where() + problem));
    Duration lifetime = Lifetime.of(dialect.expiresInPath == null ? null : Json.at(body, dialect.expiresInPath),
        accessToken, reply.date());
    TokenSet tokens = TokenSet.of(accessToken, refreshToken);
    return lifetime == null ? tokens : tokens.expiresIn(lifetime);
  }

  /**
   * The server has answered and perhaps rotated, but its access token must not be used: a failed attempt, whose new
   * refresh token has to be saved all the same.
   */
  static TokenException unusable(String refreshToken, TokenException why) {
    return refreshToken == null ? why : why.withRotatedRefreshToken(refreshToken);
  }

  // CONFIGURATION: the old refresh token is probably spent, so neither a prompt replay nor a short back-off can help.
  private void requireStorable(String refreshToken) throws TokenException {
    if (refreshToken == null) return;
    try {
      TokenSet.of(null, refreshToken);
    } catch (IllegalArgumentException e) {
      throw new TokenException(Reason.CONFIGURATION, where() + e.getMessage());
    }
  }

  private String problem(JsonObject body, String accessToken) {
    try {
      TokenSet.of(accessToken, null);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    String type = Json.string(body, "token_type");
    if (dialect.checksType && type != null && !type.equalsIgnoreCase("Bearer")) {
      return "the token's type is " + redaction.of(type) + ", but only Bearer tokens can be used";
    }
    String issued = Json.string(body, "issued_token_type");
    boolean expected = issued == null || dialect.issuedTokenType == null || issued.equals(dialect.issuedTokenType)
        || issued.equals(TokenExchange.ACCESS_TOKEN) || issued.equals(TokenExchange.JWT);
    return expected ? null : "it issued a " + redaction.of(issued) + " instead of a " + dialect.issuedTokenType;
  }

  private String where() {
    return "the answer of " + EndpointUri.describe(uri) + " is of no use: ";
  }
}
