package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/**
 * What an authorization server says of itself: RFC 8414, else OpenID Connect Discovery 1.0. Read when it is first
 * needed, and kept until somebody doubts it. Two threads may read it at once; both read the same.
 */
final class ServerMetadata {
  private static final String REMEDY = "check the issuer, or give the token endpoint's URL instead";

  private final String issuer;
  private final boolean allowInsecure;
  private final URI[] documents;
  private volatile TokenTarget known;

  ServerMetadata(String issuer, boolean allowInsecure) {
    URI uri = EndpointUri.parse(issuer, allowInsecure);
    if (uri.getRawQuery() != null) throw new IllegalArgumentException("an issuer has no query (RFC 8414 section 2)");
    this.issuer = issuer;
    this.allowInsecure = allowInsecure;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    this.documents = new URI[] {
        uri.resolve("/.well-known/oauth-authorization-server" + path),
        uri.resolve(path + "/.well-known/openid-configuration")};
  }

  TokenTarget target(TokenHttp http, Deadline deadline) throws TokenException {
    TokenTarget target = known;
    if (target == null) {
      target = read(http, deadline);
      known = target;
    }
    return target;
  }

  void forget() {
    known = null;
  }

  private TokenTarget read(TokenHttp http, Deadline deadline) throws TokenException {
    try {
      return target(JsonDocument.read(http, documents[0], deadline, REMEDY), documents[0]);
    } catch (JsonDocument.Absent first) {
      try {
        return target(JsonDocument.read(http, documents[1], deadline, REMEDY), documents[1]);
      } catch (JsonDocument.Absent second) {
        // Most servers have only one of the two: trouble with that one tells more than the absence of the other.
        throw first.failure().reason() == Reason.TRANSIENT ? first.failure() : second.failure();
      }
    }
  }

  private TokenTarget target(JsonObject document, URI from) throws TokenException {
    String named = Json.string(document, "issuer");
    if (!issuer.equals(named)) {
      // RFC 8414 section 3.3: else any server could speak for any other.
      throw wrong(from, "names the issuer " + shown(named) + ", but " + issuer
          + " is configured; the two must be equal to the letter");
    }
    URI jwksUri = Json.string(document, "jwks_uri") == null ? null : member(document, "jwks_uri", from);
    return new TokenTarget(member(document, "token_endpoint", from), issuer, jwksUri);
  }

  private URI member(JsonObject document, String name, URI from) throws TokenException {
    String value = Json.string(document, name);
    if (value == null) throw wrong(from, "has no " + name + "; give the token endpoint's URL instead of the issuer");
    try {
      return EndpointUri.parse(value, allowInsecure);
    } catch (IllegalArgumentException e) {
      throw wrong(from, "has a " + name + " that is not used: " + shown(e.getMessage()));
    }
  }

  private static TokenException wrong(URI from, String problem) {
    return new TokenException(Reason.CONFIGURATION, "the metadata at " + EndpointUri.describe(from) + " " + problem);
  }

  private static String shown(String text) {
    return text == null ? "(none)" : Redaction.NOTHING_SECRET.of(text);
  }
}
