package org.everbearer.sample;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads and writes JSON objects, strictly and of bounded size. */
final class Json {
  static final int MAX_BODY = 64 * 1024;

  private Json() {}

  static JsonObject read(HttpServletRequest request) throws IOException {
    String type = request.getContentType();
    // A form on somebody else's page cannot send this type, so it cannot make a visitor's browser chat.
    if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
      throw new ErrorAnswer(415, "unsupported_media_type", "Send the body as application/json.");
    }
    byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw new ErrorAnswer(413, "too_large", "The body is larger than " + MAX_BODY / 1024 + " KiB.");
    }
    try {
      return parse(new String(body, StandardCharsets.UTF_8));
    } catch (JsonParseException e) {
      throw ErrorAnswer.badRequest("The body is not a JSON object.");
    }
  }

  static void write(HttpServletResponse response, int status, JsonObject body) throws IOException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("application/json;charset=UTF-8");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  static JsonObject parse(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) return element.getAsJsonObject();
      throw new JsonParseException("not one JSON object");
    } catch (IOException e) {
      throw new JsonParseException(e);
    }
  }

  /** The member {@code name} if it is a string, else null. */
  static String string(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
        ? value.getAsString()
        : null;
  }

  /** The member {@code name}, which must be a whole number from {@code least} to {@code most}. */
  static int integer(JsonObject object, String name, int least, int most) {
    JsonElement value = object.get(name);
    if (value != null && value.isJsonPrimitive() && value.getAsString().matches("[0-9]{1,9}")) {
      int number = value.getAsInt();
      if (number >= least && number <= most) return number;
    }
    throw ErrorAnswer.badRequest("The field '" + name + "' must be a whole number from " + least + " to " + most + ".");
  }
}
