package org.everbearer.sample;

import java.nio.charset.StandardCharsets;

/** One event of a {@code text/event-stream}. The name is null for a plain message, the data null for a comment. */
record ServerSentEvent(String name, String data) {
  /** Passed on as it came: writing it is how a browser that has gone is noticed while the chat service thinks. */
  static final ServerSentEvent KEEP_ALIVE = new ServerSentEvent(null, null);

  boolean isDone() {
    return "done".equals(name);
  }

  byte[] encoded() {
    StringBuilder text = new StringBuilder();
    if (name != null) text.append("event: ").append(name).append('\n');
    if (data == null) text.append(":\n");
    else for (String line : data.split("\n", -1)) text.append("data: ").append(line).append('\n');
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }
}
