package org.everbearer.refresh;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.everbearer.TokenException.Reason;

/** What an endpoint says of an error in its own words: where they stand, and what the known ones mean. Immutable. */
final class ErrorWords {
  private static final Set<String> DEAD = setOf("invalid_grant",
      // GitHub, HubSpot (as a status, in capitals)
      "bad_refresh_token",
      // Slack, and Firebase in capitals
      "invalid_refresh_token", "token_expired", "token_revoked",
      // Zoho
      "invalid_code");
  // Firebase says by these that the refresh token's user is gone; elsewhere they may speak of anybody.
  private static final Set<String> DEAD_AS_MESSAGE = setOf("user_disabled", "user_not_found");
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
  // Salesforce: another request with this token holds the lock. It says nothing about the token.
  private static final Pattern BUSY = Pattern.compile("(?i)(already|currently) (being processed|in progress)");
  // DeviantArt says so under invalid_request. The whole statement, as "missing or invalid refresh token" says less.
  private static final Pattern DEAD_WORDS =
      Pattern.compile("(?i)refresh[ _]token (is|has|was) (been )?(invalid|expired|revoked)");

  private final JsonObject body;

  /** @param body null if there is none */
  ErrorWords(JsonObject body) {
    this.body = body;
  }

  /** The error's code, in the endpoint's spelling, or null: it is no error of the endpoint's own then. */
  String code() {
    String error = code("error");
    return error != null ? error : code("code");
  }

  /** What is said beside the code, or null. */
  String description() {
    for (String path : new String[] {"error_description", "message", "error.message"}) {
      String words = body == null ? null : Json.string(body, path);
      if (words != null) return words;
    }
    return null;
  }

  boolean sayBusy() {
    return are(setOf("invalid_grant")) && description() != null && BUSY.matcher(description()).find();
  }

  boolean sayDead() {
    if (body == null) return false;
    String message = lower(Json.string(body, "error.message"));
    return are(DEAD) || DEAD.contains(lower(Json.string(body, "status"))) || DEAD.contains(message)
        || DEAD_AS_MESSAGE.contains(message)
        || are(setOf("invalid_request")) && description() != null && DEAD_WORDS.matcher(description()).find();
  }

  /** What the code means if the token is not dead; null if it is not known. */
  Reason meaning() {
    if (are(NEEDS_USER)) return Reason.NEEDS_USER;
    if (are(CONFIGURATION)) return Reason.CONFIGURATION;
    return are(TRANSIENT) ? Reason.TRANSIENT : null;
  }

  private boolean are(Set<String> codes) {
    return codes.contains(lower(code("error"))) || codes.contains(lower(code("code")));
  }

  /** Some servers say {@code "error": "code"}, as RFC 6749 §5.2 wants, others {@code "error": {"code": "code"}}. */
  private String code(String name) {
    if (body == null) return null;
    JsonElement element = body.get(name);
    return Json.string(body, element != null && element.isJsonObject() ? name + ".code" : name);
  }

  private static String lower(String text) {
    return text == null ? null : text.toLowerCase(Locale.ROOT);
  }

  private static Set<String> setOf(String... values) {
    return Collections.unmodifiableSet(new HashSet<>(Arrays.asList(values)));
  }
}
