package org.everbearer.sample;

import com.google.gson.JsonObject;

/** A failure that the browser is told about, as {@code {"error": "code", "message": "words for a person"}}. */
final class ErrorAnswer extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ErrorAnswer(int status, String code, String message) {
    this(status, code, message, null);
  }

  private ErrorAnswer(int status, String code, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
  }

  static ErrorAnswer badRequest(String message) {
    return new ErrorAnswer(400, "bad_request", message);
  }

  static ErrorAnswer badGateway(String message) {
    return badGateway(message, null);
  }

  static ErrorAnswer badGateway(String message, Throwable cause) {
    return new ErrorAnswer(502, "bad_gateway", message, cause);
  }

  static ErrorAnswer gatewayTimeout(Throwable cause) {
    return new ErrorAnswer(504, "gateway_timeout", "The chat service did not answer in time.", cause);
  }

  int status() {
    return status;
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("error", code);
    json.addProperty("message", getMessage());
    return json;
  }
}
