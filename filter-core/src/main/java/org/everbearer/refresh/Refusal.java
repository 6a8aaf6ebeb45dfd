package org.everbearer.refresh;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/** A reply without tokens, and what it means: the error code decides if it is a known one, else the status. */
final class Refusal {
  private static final Set<String> DEAD = setOf("invalid_grant", "bad_refresh_token");
  private static final Set<String> NEEDS_USER = setOf(
      // WorkOS
      "mfa_enrollment", "mfa_challenge", "mfa_verification", "sso_required", "email_verification_required",
      "organization_selection_required", "organization_authentication_methods_required",
      // OpenID Connect Core section 3.1.2.6, and what others answer in their stead
      "interaction_required", "login_required", "consent_required", "account_selection_required", "mfa_required",
      "access_denied");
  private static final Set<String> CONFIGURATION = setOf("invalid_client", "unauthorized_client",
      "unsupported_grant_type", "invalid_scope", "invalid_request", "invalid_target");
  private static final Set<String> TRANSIENT = setOf("temporarily_unavailable", "server_error", "too_many_requests",
      "slow_down");
  // Error bodies are short; a pattern of the configuration is not let loose on a megabyte.
  private static final int SEARCHED = 16_384;

  private final HttpReply reply;
  private final JsonObject body;
  private final Dialect dialect;
  private final URI uri;
  private final Redaction redaction;

  /** @param body of the reply, null if it is no JSON object */
  Refusal(HttpReply reply, JsonObject body, Dialect dialect, URI uri, Redaction redaction) {
    this.reply = reply;
    this.body = body;
    this.dialect = dialect;
    this.uri = uri;
    this.redaction = redaction;
  }

  TokenException meaning() {
    Reason reason = reason();
    TokenException e = new TokenException(reason, message(reason));
    return reply.retryAfter() == null ? e : e.withRetryAfter(reply.retryAfter());
  }

  private Reason reason() {
    Reason named = named();
    if (named != null) return named;
    if (reply.isSuccess()) return body == null && reply.isHtml() ? Reason.TRANSIENT : Reason.AMBIGUOUS;
    return byStatus();
  }

  private Reason named() {
    if (says(DEAD)) return dialect.invalidGrant;
    if (matchesDeadToken()) return Reason.REJECTED;
    boolean pending = body != null && !reply.isSuccess() && Json.string(body, "pending_authentication_token") != null;
    if (pending || says(NEEDS_USER)) return Reason.NEEDS_USER;
    if (says(CONFIGURATION)) return Reason.CONFIGURATION;
    return says(TRANSIENT) ? Reason.TRANSIENT : null;
  }

  private Reason byStatus() {
    int status = reply.status();
    if (reply.saysLater()) return Reason.TRANSIENT;
    if (status == 404) return Reason.CONFIGURATION;
    // A page for people is not the endpoint's own answer: nothing may be concluded from it about the token.
    if (body == null && reply.isHtml()) return Reason.TRANSIENT;
    return status == 401 || status == 403 ? dialect.unauthorized : Reason.CONFIGURATION;
  }

  private boolean says(Set<String> codes) {
    return codes.contains(code("error")) || codes.contains(code("code"));
  }

  /** Some servers say {@code "error": "code"}, as RFC 6749 §5.2 wants, others {@code "error": {"code": "code"}}. */
  private String code(String name) {
    if (body == null) return null;
    JsonElement element = body.get(name);
    return Json.string(body, element != null && element.isJsonObject() ? name + ".code" : name);
  }

  private boolean matchesDeadToken() {
    if (dialect.deadTokenPattern == null || reply.status() < 400) return false;
    String text = reply.text();
    return dialect.deadTokenPattern.matcher(text.substring(0, Math.min(text.length(), SEARCHED))).find();
  }

  private String message(Reason reason) {
    StringBuilder m = new StringBuilder(EndpointUri.describe(uri)).append(" answered ").append(reply.status());
    String code = code("error") != null ? code("error") : code("code");
    if (code != null) m.append(' ').append(redaction.of(code));
    if (body != null) {
      String words = Json.string(body, "error_description");
      if (words == null) words = Json.string(body, "message");
      if (words != null) m.append(" (").append(redaction.of(words)).append(')');
    }
    return m.append(": ").append(remedy(reason)).toString();
  }

  private String remedy(Reason reason) {
    switch (reason) {
      case REJECTED:
        return "the token presented is dead, a new one is needed";
      case NEEDS_USER:
        return "the user has to sign in again";
      case AMBIGUOUS:
        return reply.isOversize() ? "the reply is larger than 1 MiB"
            : body == null ? "the reply is not a JSON object" : "the reply has no " + dialect.accessTokenPath;
      case TRANSIENT:
        return reply.status() / 100 == 3 ? "redirects are not followed, check the URL"
            : body == null && reply.isHtml() ? "this is a web page, not a token endpoint's answer" : "try again later";
      default:
        return reply.status() == 404 ? "check the URL of the token endpoint"
            : "check the client's registration and its parameters";
    }
  }

  private static Set<String> setOf(String... values) {
    return Collections.unmodifiableSet(new HashSet<>(Arrays.asList(values)));
  }
}
