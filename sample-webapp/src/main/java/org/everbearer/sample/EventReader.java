package org.everbearer.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Reads server-sent events one by one, never waiting for more bytes than the next event has (WHATWG HTML, §9.2.6).
 * Only name and data are kept; an event that the stream's end cuts off is dropped, as the standard says.
 */
final class EventReader {
  static final int MAX_EVENT = 64 * 1024;

  private final Reader in;
  private boolean afterCarriageReturn;
  private String name;
  private StringBuilder data;

  EventReader(InputStream in) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The next event, or null at the end of the stream. */
  ServerSentEvent next() throws IOException {
    for (String line; (line = line()) != null; ) {
      if (line.startsWith(":")) return ServerSentEvent.KEEP_ALIVE; // may stand within an event, which goes on after it
      if (!line.isEmpty()) {
        take(line);
        continue;
      }
      ServerSentEvent event = data == null ? null : new ServerSentEvent(name, data.toString());
      name = null;
      data = null;
      if (event != null) return event;
    }
    return null;
  }

  private void take(String line) throws IOException {
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
    if (field.equals("event")) name = value.isEmpty() ? null : value;
    if (field.equals("data")) {
      data = data == null ? new StringBuilder() : data.append('\n');
      if (data.append(value).length() > MAX_EVENT) throw tooLarge();
    }
  }

  /** The next line without its end, which may be LF, CR or CRLF; null when the stream ends before one. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = in.read()) != -1; ) {
      boolean secondHalf = c == '\n' && afterCarriageReturn;
      afterCarriageReturn = c == '\r';
      if (secondHalf) continue;
      if (c == '\n' || c == '\r') return line.toString();
      if (line.append((char) c).length() > MAX_EVENT) throw tooLarge();
    }
    return null;
  }

  private static IOException tooLarge() {
    return new IOException("an event is larger than " + MAX_EVENT + " characters");
  }
}
