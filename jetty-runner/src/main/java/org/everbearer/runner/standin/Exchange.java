package org.everbearer.runner.standin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.UrlEncoded;

import static java.nio.charset.StandardCharsets.UTF_8;

/** One request and its reply, with blocking reads and writes. */
final class Exchange {
  private static final int MAX_BODY = 1 << 16;
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Request request;
  private final Response response;
  private boolean read;

  Exchange(Request request, Response response) {
    this.request = request;
    this.response = response;
  }

  /** The header's value, or null. */
  String header(String name) {
    return request.getHeaders().get(name);
  }

  /** The query parameter's value, or null. */
  String query(String name) {
    return Request.extractQueryParameters(request, UTF_8).getValue(name);
  }

  /** The body as a JSON object; empty if there is no body. */
  JsonObject json() throws IOException {
    String body = body();
    if (body.isBlank()) return new JsonObject();
    try {
      return JsonParser.parseString(body).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException notAnObject) {
      throw new BadRequest("the body is not a JSON object");
    }
  }

  /** The body as {@code application/x-www-form-urlencoded}. */
  Fields form() throws IOException {
    String type = header("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
      throw new BadRequest("the body is not application/x-www-form-urlencoded");
    }
    Fields fields = new Fields();
    try {
      UrlEncoded.decodeUtf8To(body(), fields);
    } catch (RuntimeException malformed) {
      throw new BadRequest("the body is not application/x-www-form-urlencoded");
    }
    return fields;
  }

  void header(String name, String value) {
    response.getHeaders().put(name, value);
  }

  void reply(int status, JsonElement body) throws IOException {
    reply(status, "application/json", GSON.toJson(body));
  }

  void reply(int status, String type, String body) throws IOException {
    // With an unread body the connection ends, perhaps just as the client sends its next request.
    if (!read) readBody();
    byte[] bytes = body.getBytes(UTF_8);
    response.setStatus(status);
    header("Content-Type", type);
    header("Content-Length", Integer.toString(bytes.length));
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      out.write(bytes);
    }
  }

  /** An error in the form of RFC 6749 §5.2. */
  void error(int status, String code, String description) throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("error", code);
    body.addProperty("error_description", description);
    reply(status, body);
  }

  void redirect(String location) throws IOException {
    header("Location", location);
    reply(303, "text/plain", "");
  }

  /** A reply whose length is open; each flush sends what was written. */
  OutputStream stream(String type) {
    response.setStatus(200);
    header("Content-Type", type);
    header("Cache-Control", "no-store");
    return Content.Sink.asOutputStream(response);
  }

  /** The member's value, or null if it is absent or JSON's null. */
  static String string(JsonObject object, String name) throws BadRequest {
    JsonElement value = object.get(name);
    if (value == null || value.isJsonNull()) return null;
    if (value instanceof JsonPrimitive primitive && primitive.isString()) return primitive.getAsString();
    throw new BadRequest(name + " is not a string");
  }

  /** The member's value, or {@code otherwise} if it is absent. */
  static long number(JsonObject object, String name, long otherwise) throws BadRequest {
    JsonElement value = object.get(name);
    if (value == null) return otherwise;
    try {
      return value.getAsBigDecimal().longValueExact();
    } catch (RuntimeException notWhole) {
      throw new BadRequest(name + " is not a whole number");
    }
  }

  private String body() throws IOException {
    byte[] bytes = readBody();
    if (bytes.length > MAX_BODY) throw new BadRequest("the body is over " + MAX_BODY + " bytes");
    return new String(bytes, UTF_8);
  }

  private byte[] readBody() throws IOException {
    read = true;
    try (InputStream in = Content.Source.asInputStream(request)) {
      return in.readNBytes(MAX_BODY + 1);
    }
  }
}
