package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.net.URI;
import java.util.regex.Pattern;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.log.Redaction;

/** A reply without tokens, and what it means: the endpoint's own words decide if they are known, else the status. */
final class Refusal {
  // Error bodies are short; a pattern of the configuration is not let loose on a megabyte.
  private static final int SEARCHED = 16_384;

  private final HttpReply reply;
  private final JsonObject body;
  private final Dialect dialect;
  private final URI uri;
  private final Redaction redaction;
  private final ErrorWords words;

  /** @param body of the reply, null if it is no JSON object */
  Refusal(HttpReply reply, JsonObject body, Dialect dialect, URI uri, Redaction redaction) {
    this.reply = reply;
    this.body = body;
    this.dialect = dialect;
    this.uri = uri;
    this.redaction = redaction;
    this.words = new ErrorWords(body);
  }

  /** Whether this is an answer although the connection broke: an error object that is complete by itself. */
  boolean speaksForItself() {
    return body != null && (named() != null || reply.status() >= 400 && words.code() != null);
  }

  TokenException meaning() {
    Reason reason = reason();
    TokenException e = new TokenException(reason, message(reason));
    return reply.retryAfter() == null ? e : e.withRetryAfter(reply.retryAfter());
  }

  private Reason reason() {
    Reason named = named();
    if (named != null) return named;
    if (reply.isSuccess()) return isPage() ? Reason.TRANSIENT : Reason.AMBIGUOUS;
    return byStatus();
  }

  private Reason named() {
    if (words.sayBusy()) return Reason.TRANSIENT;
    if (words.sayDead()) return dialect.invalidGrant;
    if (matchesDeadToken()) return Reason.REJECTED;
    boolean pending = body != null && !reply.isSuccess() && Json.string(body, "pending_authentication_token") != null;
    return pending ? Reason.NEEDS_USER : words.meaning();
  }

  private Reason byStatus() {
    int status = reply.status();
    // Before the page: a gateway's words are mostly one.
    if (reply.saysOutcomeUnknown()) return dialect.spends ? Reason.AMBIGUOUS : Reason.TRANSIENT;
    if (reply.saysLater()) return Reason.TRANSIENT;
    if (status == 404) return Reason.CONFIGURATION;
    // A page for people is not the endpoint's own answer: nothing may be concluded from it about the token.
    if (isPage()) return Reason.TRANSIENT;
    // Nor is what a gateway or a mesh says: nothing at all, a line of text, {"message":"Forbidden"}.
    boolean own = words.code() != null;
    return own && (status == 401 || status == 403) ? dialect.unauthorized : Reason.CONFIGURATION;
  }

  private boolean isPage() {
    return body == null && reply.isHtml();
  }

  private boolean matchesDeadToken() {
    Pattern dead = dialect.deadTokenPattern;
    boolean isError = reply.status() >= 400 || reply.isSuccess() && body != null;
    if (dead == null || !isError) return false;
    String text = reply.text();
    return dead.matcher(text.substring(0, Math.min(text.length(), SEARCHED))).find();
  }

  private String message(Reason reason) {
    StringBuilder m = new StringBuilder(EndpointUri.describe(uri)).append(" answered ").append(reply.status());
    if (words.code() != null) m.append(' ').append(redaction.of(words.code()));
    if (words.description() != null) m.append(" (").append(redaction.of(words.description())).append(')');
    return m.append(": ").append(remedy(reason)).toString();
  }

  private String remedy(Reason reason) {
    switch (reason) {
      case REJECTED:
        return "the token presented is dead, a new one is needed";
      case NEEDS_USER:
        return "the user has to sign in again";
      case AMBIGUOUS:
        if (!reply.isSuccess()) return "a gateway lost the endpoint's answer; the request may have taken effect";
        return reply.isOversize() ? "the reply is larger than 1 MiB"
            : body == null ? "the reply is not a JSON object" : "the reply has no " + dialect.accessTokenPath;
      case TRANSIENT:
        return reply.status() / 100 == 3 ? "redirects are not followed, check the URL"
            : isPage() ? "this is a web page, not a token endpoint's answer" : "try again later";
      default:
        return remedyOfConfiguration();
    }
  }

  private String remedyOfConfiguration() {
    if (reply.status() == 404) return "check the URL of the token endpoint";
    boolean guarded = (reply.status() == 401 || reply.status() == 403) && words.code() == null;
    return guarded ? "this is not a token endpoint's answer: something before it refuses the request; check its rules,"
        + " the URL and the client's credentials" : "check the client's registration and its parameters";
  }
}
