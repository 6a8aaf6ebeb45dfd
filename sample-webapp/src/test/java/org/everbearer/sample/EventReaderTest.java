package org.everbearer.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void lines_mayEndInThreeWays(String end) throws IOException {
    String stream = "data: one|data: more||event: done|data: {}||".replace("|", end);
    assertEquals(List.of(new ServerSentEvent(null, "one\nmore"), new ServerSentEvent("done", "{}")), read(stream));
  }

  @Test
  void colonAndSpace_areRemovedOnce() throws IOException {
    assertEquals(List.of(new ServerSentEvent("a:b", " {\"word\":\"x: y\"}"), new ServerSentEvent(null, "")),
        read("event:a:b\ndata:  {\"word\":\"x: y\"}\n\ndata\n\n"));
  }

  @Test
  void idAndRetry_areNotPassedOn() throws IOException {
    assertEquals(List.of(new ServerSentEvent(null, "x")), read("id: 7\nretry: 5\nfoo: bar\ndata: x\n\n"));
  }

  @Test
  void comment_isPassedOnAsKeepAlive() throws IOException {
    assertEquals(List.of(ServerSentEvent.KEEP_ALIVE, new ServerSentEvent(null, "x")), read(": ping\n\ndata: x\n\n"));
  }

  @Test
  void commentInsideAnEvent_doesNotLoseTheEvent() throws IOException {
    assertEquals(List.of(ServerSentEvent.KEEP_ALIVE, new ServerSentEvent("done", "x")),
        read("event: done\n: ping\ndata: x\n\n"));
  }

  @Test
  void eventWithoutData_isDropped_alsoItsName() throws IOException {
    assertEquals(List.of(new ServerSentEvent(null, "x")), read("event: lost\n\ndata: x\n\n"));
  }

  @Test
  void eventCutOffByTheEnd_isDropped() throws IOException {
    assertEquals(List.of(new ServerSentEvent(null, "x")), read("data: x\n\ndata: half\n"));
  }

  @Test
  @Timeout(20)
  void event_isReadBeforeTheNextByteArrives() throws IOException {
    try (PipedOutputStream upstream = new PipedOutputStream()) {
      EventReader events = new EventReader(new PipedInputStream(upstream));
      upstream.write("data: é\r\n\r".getBytes(UTF_8));
      upstream.flush();
      assertEquals("é", events.next().data());
      upstream.write("\ndata: two\n\n".getBytes(UTF_8));
      upstream.flush();
      assertEquals("two", events.next().data());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: 123456789", "data: 123456789\n"})
  void endlessEvent_isRefused(String piece) {
    EventReader events = new EventReader(new Endless(piece));
    assertThrows(IOException.class, events::next);
  }

  @Test
  void encodedEvent_readsBackTheSame() throws IOException {
    for (String data : List.of("", "x", "a\nb", "a\n", "\n", ": no comment", " {\"word\":\"ü\"}")) {
      ServerSentEvent event = new ServerSentEvent("done", data);
      EventReader events = new EventReader(new ByteArrayInputStream(event.encoded()));
      assertEquals(event, events.next());
      assertNull(events.next());
    }
    assertEquals(List.of(ServerSentEvent.KEEP_ALIVE), read(new String(ServerSentEvent.KEEP_ALIVE.encoded(), UTF_8)));
  }

  private static List<ServerSentEvent> read(String stream) throws IOException {
    EventReader events = new EventReader(new ByteArrayInputStream(stream.getBytes(UTF_8)));
    List<ServerSentEvent> read = new ArrayList<>();
    for (ServerSentEvent event; (event = events.next()) != null; ) read.add(event);
    return read;
  }

  /** Says the same thing for ever. */
  private static final class Endless extends InputStream {
    private final byte[] piece;
    private long position;

    Endless(String piece) {
      this.piece = piece.getBytes(UTF_8);
    }

    @Override
    public int read() {
      return piece[(int) (position++ % piece.length)];
    }
  }
}
