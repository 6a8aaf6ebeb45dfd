package org.everbearer.refresh;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.everbearer.TokenException;

/** What a server answered, as far as it came or to the bound. Immutable. */
final class HttpReply {
  private final int status;
  private final String mediaType;
  private final Instant date;
  private final String retryAfter;
  private final String body;
  private final TokenException brokenOff;

  /**
   * @param body null if it is too large
   * @param brokenOff see {@link #brokenOff()}
   */
  HttpReply(ClassicHttpResponse response, String body, TokenException brokenOff) {
    this.status = response.getCode();
    this.mediaType = header(response, HttpHeaders.CONTENT_TYPE).split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    this.date = DateUtils.parseStandardDate(header(response, HttpHeaders.DATE));
    this.retryAfter = header(response, HttpHeaders.RETRY_AFTER).trim();
    this.body = body;
    this.brokenOff = brokenOff;
  }

  static String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue();
  }

  int status() {
    return status;
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /**
   * Whether a gateway says that it has passed the request on and got no answer. The others of Cloudflare's statuses say
   * that it did not reach the server.
   */
  boolean saysOutcomeUnknown() {
    return status == 502 || status == 504 || status == 520 || status == 524 || status == 598 || status == 599;
  }

  /** Whether the status speaks of the moment, not of the request. */
  boolean saysLater() {
    return status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
  }

  /**
   * What is to be thrown unless the body proves itself to be complete: the framing was broken, or time was up. Null if
   * all is well.
   */
  TokenException brokenOff() {
    return brokenOff;
  }

  boolean isOversize() {
    return body == null;
  }

  /** The body, empty if there is none or too much of it. */
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
    return Json.object(text());
  }
}
