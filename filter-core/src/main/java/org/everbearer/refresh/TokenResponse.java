package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import java.time.Duration;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.everbearer.log.Loggers;
import org.everbearer.log.Redaction;
import org.slf4j.Logger;

/** Makes the reply of a token endpoint tokens (RFC 6749 §5.1), or the failure that it means. */
final class TokenResponse {
  private static final Logger LOG = Loggers.of(TokenResponse.class);

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
    String accessToken = body == null ? null : Json.token(body, dialect.accessTokenPath);
    if (!reply.isSuccess() || accessToken == null) throw refusal(body);
    String refreshToken = refreshToken(body);
    String problem = problem(body, accessToken);
    if (problem != null) throw unusable(refreshToken, new TokenException(Reason.CONFIGURATION, where() + problem));
    Duration lifetime = Lifetime.of(dialect.expiresInPath == null ? null : Json.at(body, dialect.expiresInPath),
        accessToken, reply.date());
    TokenSet tokens = TokenSet.of(accessToken, refreshToken);
    return lifetime == null ? tokens : tokens.expiresIn(lifetime);
  }

  private TokenException refusal(JsonObject body) {
    Refusal refusal = new Refusal(reply, body, dialect, uri, redaction);
    TokenException meaning = refusal.meaning();
    if (reply.isSuccess() && body != null && meaning.reason() == Reason.AMBIGUOUS) {
      String rotated = refreshToken(body);
      // A complete answer: the server has moved on, and the next attempt goes on from there.
      if (rotated != null) return unusable(rotated, new TokenException(Reason.TRANSIENT, meaning.getMessage(), meaning));
    }
    return reply.brokenOff() != null && !refusal.speaksForItself() ? reply.brokenOff() : meaning;
  }

  /** The refresh token, or null if the server has sent none, or one that cannot be kept. */
  private String refreshToken(JsonObject body) {
    String path = dialect.refreshTokenPath;
    if (path == null) return null;
    String token = Json.token(body, path);
    String objection = token == null ? Json.isNoToken(body, path) ? path + " is no string" : null : objection(token);
    if (objection == null) return token;
    LOG.warn("{}: the answer holds a refresh token that cannot be kept ({}). What was presented is probably spent, so"
        + " somebody has to sign in when the access token ends. Remedy: correct the server", EndpointUri.describe(uri), objection);
    return null;
  }

  private static String objection(String refreshToken) {
    try {
      TokenSet.of(null, refreshToken);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
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
