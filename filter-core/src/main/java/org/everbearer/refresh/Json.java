package org.everbearer.refresh;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** Reading members that may be absent, or of another type than they should be. */
final class Json {
  private Json() {}

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
