package org.everbearer.sample;

import com.google.gson.JsonObject;
import java.util.regex.Pattern;

/** What the browser asks: {@code {"message": "...", "sessionId": "..."}}, the session being optional. */
record ChatRequest(String sessionId, String message) {
  static final int MAX_MESSAGE = 8000;
  private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

  static ChatRequest of(JsonObject body) {
    String message = Json.string(body, "message");
    if (message == null) throw ErrorAnswer.badRequest("The field 'message' is missing or not a string.");
    if (message.isBlank()) throw ErrorAnswer.badRequest("The message is empty.");
    if (message.length() > MAX_MESSAGE) {
      throw ErrorAnswer.badRequest("The message is longer than " + MAX_MESSAGE + " characters.");
    }
    String sessionId = Json.string(body, "sessionId");
    if (body.has("sessionId") && (sessionId == null || !SESSION_ID.matcher(sessionId).matches())) {
      throw ErrorAnswer.badRequest("The field 'sessionId' must be an id that POST /api/sessions gave out.");
    }
    return new ChatRequest(sessionId, message);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("message", message);
    if (sessionId != null) json.addProperty("sessionId", sessionId);
    return json;
  }
}
