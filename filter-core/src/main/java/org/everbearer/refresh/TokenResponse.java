package org.everbearer.refresh;

import com.google.gson.JsonElement;
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
    if (!reply.isSuccess() || accessToken == null) throw refusal(body);
    String refreshToken = refreshToken(body);
    String problem = problem(body, accessToken);
    if (problem != null) throw unusable(refreshToken, useless(problem));
    Duration lifetime = Lifetime.of(dialect.expiresInPath == null ? null : Json.at(body, dialect.expiresInPath),
        accessToken, reply.date());
    TokenSet tokens = TokenSet.of(accessToken, refreshToken);
    return lifetime == null ? tokens : tokens.expiresIn(lifetime);
  }

  private TokenException refusal(JsonObject body) throws TokenException {
    Refusal refusal = new Refusal(reply, body, dialect, uri, redaction);
    TokenException meaning = refusal.meaning();
    if (reply.isSuccess() && body != null && meaning.reason() == Reason.AMBIGUOUS) {
      String rotated = refreshToken(body);
      // A complete answer: the server has moved on, and the next attempt goes on from there.
      if (rotated != null) return unusable(rotated, new TokenException(Reason.TRANSIENT, meaning.getMessage(), meaning));
    }
    return reply.brokenOff() != null && !refusal.speaksForItself() ? reply.brokenOff() : meaning;
  }

  /**
   * The refresh token, or null if the server has sent none.
   *
   * @throws TokenException if it cannot be kept. CONFIGURATION: the old refresh token is probably spent, so neither a prompt
   *     replay nor a short back-off can help
   */
  private String refreshToken(JsonObject body) throws TokenException {
    if (dialect.refreshTokenPath == null) return null;
    JsonElement element = Json.at(body, dialect.refreshTokenPath);
    if (element == null || element.isJsonNull()) return null;
    // A number is the token that its digits are.
    boolean isText = element.isJsonPrimitive() && !element.getAsJsonPrimitive().isBoolean();
    if (!isText) throw useless(dialect.refreshTokenPath + " is no string");
    String token = element.getAsString();
    if (token.isEmpty()) return null;
    try {
      TokenSet.of(null, token);
    } catch (IllegalArgumentException e) {
      throw useless(e.getMessage());
    }
    return token;
  }

  private TokenException useless(String why) {
    return new TokenException(Reason.CONFIGURATION, where() + why);
  }

  /**
   * The server has answered and perhaps rotated, but its access token must not be used: a failed attempt, whose new
   * refresh token has to be saved all the same.
   */
  static TokenException unusable(String refreshToken, TokenException why) {
    return refreshToken == null ? why : why.withRotatedRefreshToken(refreshToken);
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
