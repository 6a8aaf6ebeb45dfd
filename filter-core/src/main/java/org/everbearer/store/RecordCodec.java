package org.everbearer.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.everbearer.TokenRecord;

/** A record as text: one JSON object of version 1 that names its store key, sealed when there are keys to do so. */
final class RecordCodec {
  private static final int VERSION = 1;

  private final EncryptionKeys keys;

  RecordCodec(EncryptionKeys keys) {
    this.keys = keys;
  }

  String encode(String key, TokenRecord record) {
    JsonObject json = header(key);
    write(json, record, "accessToken", "refreshToken");
    return keys.seal(text(json));
  }

  /** The record that was encoded for this very key; a row or file copied from another one is refused. */
  TokenRecord decode(String key, String text) throws IOException {
    JsonObject json = parse(EncryptionKeys.isSealed(text) ? keys.open(text) : text);
    requireKey(json, key);
    return read(json, "accessToken", "refreshToken");
  }

  static JsonObject header(String key) {
    JsonObject json = new JsonObject();
    json.addProperty("v", VERSION);
    json.addProperty("key", key);
    return json;
  }

  /** In ASCII, so that it survives a database or a tool of any character set. */
  static String text(JsonObject json) {
    StringBuilder ascii = new StringBuilder();
    for (char c : json.toString().toCharArray()) {
      if (c < 0x7f) {
        ascii.append(c);
      } else {
        ascii.append(String.format("\\u%04x", (int) c));
      }
    }
    return ascii.toString();
  }

  /** The object in the text, of a version that this code knows. Unknown fields are left alone. */
  static JsonObject parse(String text) throws IOException {
    if (text.trim().isEmpty()) throw new DamagedRecordException("it is empty");
    JsonElement json;
    try {
      json = JsonParser.parseString(text);
    } catch (JsonParseException e) {
      // Neither its message nor the exception itself goes on: gson quotes what it could not read.
      throw new DamagedRecordException("it is no complete JSON text of " + text.length() + " characters");
    }
    if (!json.isJsonObject()) throw new DamagedRecordException("it is no JSON object");
    JsonObject object = json.getAsJsonObject();
    long version = number(object, "v");
    if (version > VERSION) {
      throw new IOException("it was written by a newer version of Everbearer (format " + version + ", this one reads "
          + VERSION + "): upgrade Everbearer in every application that shares the store");
    }
    if (version != VERSION) throw new DamagedRecordException("it has no format version");
    return object;
  }

  static void requireKey(JsonObject json, String key) throws IOException {
    String found = string(json, "key");
    if (found == null) throw new DamagedRecordException("it does not name its key");
    if (!found.equals(key)) {
      throw new IOException("it holds the tokens of '" + found + "', not of '" + key
          + "': give every client a file of its own, or check storeKey");
    }
  }

  static void write(JsonObject json, TokenRecord record, String accessName, String refreshName) {
    json.addProperty("generation", record.generation());
    json.addProperty("phase", record.phase().name());
    put(json, accessName, record.accessToken());
    put(json, refreshName, record.refreshToken());
    put(json, "expiresAt", record.expiresAt());
    put(json, "lifetime", record.lifetime());
    put(json, "origins", record.origins());
    put(json, "spent", record.spent());
    put(json, "spentHash", record.spentHash());
    put(json, "fence", record.fence());
    put(json, "owner", record.owner());
    put(json, "node", record.node());
    put(json, "leaseUntil", record.leaseUntil());
    put(json, "leaseLength", record.leaseLength());
    put(json, "sentAt", record.sentAt());
    put(json, "attempts", record.attempts());
    put(json, "purgeAfter", record.purgeAfter());
  }

  static TokenRecord read(JsonObject json, String accessName, String refreshName) throws IOException {
    long generation = number(json, "generation");
    if (generation < 1) throw new DamagedRecordException("it has no generation");
    return TokenRecord.builder()
        .generation(generation)
        .phase(phase(json), string(json, "spentHash"))
        .tokens(string(json, accessName), string(json, refreshName))
        .expiry(number(json, "expiresAt"), number(json, "lifetime"))
        .history(strings(json, "origins"), strings(json, "spent"))
        .fence(number(json, "fence"))
        .lease(string(json, "owner"), number(json, "leaseUntil"), number(json, "leaseLength"))
        .node(string(json, "node"))
        .sent(number(json, "sentAt"), (int) number(json, "attempts"))
        .purgeAfter(number(json, "purgeAfter"))
        .build();
  }

  private static TokenRecord.Phase phase(JsonObject json) throws IOException {
    String name = string(json, "phase");
    for (TokenRecord.Phase phase : TokenRecord.Phase.values()) {
      if (phase.name().equals(name)) return phase;
    }
    throw new DamagedRecordException("it has no known phase");
  }

  private static void put(JsonObject json, String name, String value) {
    if (value != null) json.addProperty(name, value);
  }

  private static void put(JsonObject json, String name, long value) {
    if (value != 0) json.addProperty(name, value);
  }

  private static void put(JsonObject json, String name, List<String> values) {
    if (values.isEmpty()) return;
    JsonArray array = new JsonArray();
    for (String value : values) array.add(value);
    json.add(name, array);
  }

  private static List<String> strings(JsonObject json, String name) throws IOException {
    List<String> values = new ArrayList<>();
    JsonElement array = json.get(name);
    if (array == null || array.isJsonNull()) return values;
    if (!array.isJsonArray()) throw new DamagedRecordException("its field '" + name + "' is no list");
    for (JsonElement value : array.getAsJsonArray()) {
      if (!value.isJsonPrimitive()) throw new DamagedRecordException("its field '" + name + "' is no list of strings");
      values.add(value.getAsString());
    }
    return values;
  }

  private static String string(JsonObject json, String name) throws IOException {
    JsonElement value = json.get(name);
    if (value == null || value.isJsonNull()) return null;
    if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) return value.getAsString();
    throw new DamagedRecordException("its field '" + name + "' is no string");
  }

  private static long number(JsonObject json, String name) throws IOException {
    JsonElement value = json.get(name);
    if (value == null || value.isJsonNull()) return 0;
    if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
      try {
        return Long.parseLong(value.getAsString());
      } catch (NumberFormatException e) {
        // Falls through: its message would quote the value.
      }
    }
    throw new DamagedRecordException("its field '" + name + "' is no whole number");
  }
}
