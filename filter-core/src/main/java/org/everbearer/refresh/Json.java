package org.everbearer.refresh;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;

/** Reading one object strictly, and members that may be absent, or of another type than they should be. */
final class Json {
  /** What a member that nobody needs may hold. The size of a reply is bounded before. */
  private static final int LONGEST_NESTING = 10_000;

  private Json() {}

  /** The text as one complete JSON object and nothing else, or null. */
  static JsonObject object(String text) {
    JsonReader reader = new JsonReader(new StringReader(trimmed(text)));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(LONGEST_NESTING);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      return element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT ? element.getAsJsonObject() : null;
    } catch (JsonParseException | IOException | IllegalStateException notJson) {
      return null;
    }
  }

  /** Without a byte order mark, and without the NUL that programs in C like to send after the end. */
  static String trimmed(String text) {
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).trim();
  }

  /** The member at the end of the dotted path, or null. */
  static JsonElement at(JsonObject object, String path) {
    JsonElement element = object;
    for (String name : path.split("\\.")) {
      if (element == null || !element.isJsonObject()) return null;
      element = element.getAsJsonObject().get(name);
    }
    return element;
  }

  /** The string at the end of the dotted path; null if it is missing, empty or no string. */
  static String string(JsonObject object, String path) {
    JsonElement element = at(object, path);
    boolean isString = element != null && element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    return isString && !element.getAsString().isEmpty() ? element.getAsString() : null;
  }
}
