package org.everbearer.refresh;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;

/** What a server answered, read to its end or to the bound. Immutable. */
final class HttpReply {
  private static final int MAX_BODY = 1 << 20;

  private final int status;
  private final String mediaType;
  private final Instant date;
  private final String retryAfter;
  private final String body;

  private HttpReply(ClassicHttpResponse response, String body) {
    this.status = response.getCode();
    this.mediaType = header(response, HttpHeaders.CONTENT_TYPE).split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    this.date = DateUtils.parseStandardDate(header(response, HttpHeaders.DATE));
    this.retryAfter = header(response, HttpHeaders.RETRY_AFTER).trim();
    this.body = body;
  }

  static HttpReply read(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    if (entity == null) return new HttpReply(response, "");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    // Not closed here: closing reads what is left.
    InputStream content = entity.getContent();
    for (int n; (n = content.read(buffer)) >= 0;) {
      bytes.write(buffer, 0, n);
      if (bytes.size() > MAX_BODY) return new HttpReply(response, null);
    }
    // JSON is UTF-8, whatever the charset parameter says (RFC 8259 section 8.1).
    return new HttpReply(response, new String(bytes.toByteArray(), StandardCharsets.UTF_8));
  }

  private static String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue();
  }

  int status() {
    return status;
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Whether the status speaks of the moment, not of the request. */
  boolean saysLater() {
    return status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
  }

  boolean isOversize() {
    return body == null;
  }

  /** The whole body, empty if there is none or too much of it. */
  String text() {
    return body == null ? "" : body;
  }

  /** The server's clock when it answered, or null. */
  Instant date() {
    return date;
  }

  /** Whether this is a page for people: from a captive portal, a login form, or something in between. */
  boolean isHtml() {
    return mediaType.equals("text/html") || mediaType.equals("application/xhtml+xml")
        || !mediaType.endsWith("json") && text().trim().startsWith("<");
  }

  /** The pause that the server asks for (RFC 9110 §10.2.3), of at most a day; null if it asks for none. */
  Duration retryAfter() {
    Duration pause;
    if (retryAfter.matches("\\d{1,9}")) {
      pause = Duration.ofSeconds(Long.parseLong(retryAfter));
    } else {
      Instant until = DateUtils.parseStandardDate(retryAfter);
      if (until == null) return null;
      pause = Duration.between(date != null ? date : Instant.now(), until);
    }
    Duration day = Duration.ofDays(1);
    return pause.isNegative() ? Duration.ZERO : pause.compareTo(day) > 0 ? day : pause;
  }

  /**
   * The body as a JSON object, or null if it is none. The label is not asked: an endpoint that hands out tokens as
   * text/html by mistake has handed them out, and taking its reply for a login page would lose them.
   */
  JsonObject json() {
    JsonReader reader = new JsonReader(new StringReader(text().startsWith("\uFEFF") ? text().substring(1) : text()));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = JsonParser.parseReader(reader);
      return element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT ? element.getAsJsonObject() : null;
    } catch (JsonParseException | IOException | IllegalStateException notJson) {
      return null;
    }
  }
}
