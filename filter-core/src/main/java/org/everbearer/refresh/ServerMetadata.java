package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.log.Redaction;

/**
 * What an authorization server says of itself: RFC 8414, else OpenID Connect Discovery 1.0. Read when it is first
 * needed, and again when somebody doubts it or a day has passed; as long as it cannot be had then, what was read before
 * is believed, so that refreshing does not depend on the server of a document that hardly ever changes. Two threads may
 * read it at once; both read the same.
 */
final class ServerMetadata {
  private static final String REMEDY = "check the issuer, or give the token endpoint's URL instead";

  private static final long BELIEVED = TimeUnit.DAYS.toNanos(1);
  // Between two tries to read it again while it cannot be had.
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

  private final String issuer;
  private final boolean allowInsecure;
  private final URI[] documents;
  private final LongSupplier nanoTime;
  private volatile Known known;

  ServerMetadata(String issuer, boolean allowInsecure, LongSupplier nanoTime) {
    URI uri = EndpointUri.parse(issuer, allowInsecure);
    if (uri.getRawQuery() != null) throw new IllegalArgumentException("an issuer has no query (RFC 8414 section 2)");
    this.issuer = issuer;
    this.allowInsecure = allowInsecure;
    this.nanoTime = nanoTime;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    this.documents = new URI[] {
        uri.resolve("/.well-known/oauth-authorization-server" + path),
        uri.resolve(path + "/.well-known/openid-configuration")};
  }

  TokenTarget target(TokenHttp http, Deadline deadline) throws TokenException {
    Known held = known;
    if (held != null && held.until - nanoTime.getAsLong() > 0) return held.target;
    // At once, so that only one of many threads waits for a server that may be down.
    if (held != null) believe(held.target, PAUSE);
    Document document;
    try {
      document = read(http, deadline);
    } catch (TokenException notToBeHad) {
      if (held == null) throw notToBeHad;
      return held.target;
    }
    // From here on no way back to what was read before: the issuer can be heard, and does not stand by it.
    if (held != null) believe(held.target, 0);
    TokenTarget target = target(document.content, document.from);
    believe(target, BELIEVED);
    return target;
  }

  /** What was got from here did not work: to be read again when it is needed next. */
  void doubt(TokenTarget target) {
    Known held = known;
    if (held != null && held.target == target) believe(target, 0);
  }

  private void believe(TokenTarget target, long nanos) {
    known = new Known(target, nanoTime.getAsLong() + nanos);
  }

  private Document read(TokenHttp http, Deadline deadline) throws TokenException {
    try {
      return new Document(JsonDocument.read(http, documents[0], deadline, REMEDY), documents[0]);
    } catch (JsonDocument.Absent first) {
      try {
        return new Document(JsonDocument.read(http, documents[1], deadline, REMEDY), documents[1]);
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

  private static final class Known {
    private final TokenTarget target;
    private final long until;

    private Known(TokenTarget target, long until) {
      this.target = target;
      this.until = until;
    }
  }

  private static final class Document {
    private final JsonObject content;
    private final URI from;

    private Document(JsonObject content, URI from) {
      this.content = content;
      this.from = from;
    }
  }
}
