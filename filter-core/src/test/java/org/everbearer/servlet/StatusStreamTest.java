package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.everbearer.Happened;
import org.everbearer.TokenEvent.Type;
import org.everbearer.observe.ClientState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Browsers that take nothing any more. What containers do with a real one is in TokenStatusServletTest; here the output
 * is stuck at a chosen moment, and stays so.
 */
class StatusStreamTest {
  private final ClientState state = new ClientState("chat-api");
  private final StatusStream stream = new StatusStream(() -> List.of(state), 30);

  @AfterEach
  void close() {
    stream.close();
  }

  /** One request for events, as a container sees it. */
  private static final class Browser extends ServletOutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final int takes;
    private final boolean breaks;
    private int writes;
    private volatile boolean completed;
    private volatile WriteListener listener;
    private volatile Runnable beginning = () -> {};

    /** @param takes after so many messages it takes no more: it is full, or it breaks */
    private Browser(int takes, boolean breaks) {
      this.takes = takes;
      this.breaks = breaks;
    }

    @Override
    public synchronized boolean isReady() {
      return breaks || writes < takes;
    }

    @Override
    public void setWriteListener(WriteListener writeListener) {
      listener = writeListener;
      try {
        writeListener.onWritePossible();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void write(int b) {
      throw new AssertionError("byte by byte");
    }

    @Override
    public synchronized void write(byte[] bytes) throws IOException {
      if (writes++ >= takes) throw new IOException("broken pipe");
      taken.writeBytes(bytes);
    }

    synchronized String text() {
      return taken.toString(StandardCharsets.UTF_8);
    }

    synchronized int writes() {
      return writes;
    }

    HttpServletRequest request() {
      AsyncContext async = answering(AsyncContext.class, Map.of("complete", () -> completed = true));
      return answering(HttpServletRequest.class, Map.of("isAsyncSupported", () -> true, "startAsync", () -> {
        beginning.run();
        return async;
      }));
    }

    HttpServletResponse response() {
      return answering(HttpServletResponse.class, Map.of("getOutputStream", () -> this));
    }
  }

  private interface Answer {
    Object get();
  }

  private static <T> T answering(Class<T> type, Map<String, Answer> answers) {
    Class<?>[] types = {type};
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), types, (proxy, method, arguments) -> {
      Answer answer = answers.get(method.getName());
      Object result = answer == null ? null : answer.get();
      return method.getReturnType() == void.class ? null : result;
    }));
  }

  private Browser open(int takes, boolean breaks) throws IOException {
    Browser browser = new Browser(takes, breaks);
    assertTrue(stream.open(browser.request(), browser.response()));
    return browser;
  }

  private void happens(int second) {
    state.onEvent(Happened.event(Type.LOADED, second, 60));
    stream.onEvent(null);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void stuckBrowser_isLetGo_andTheOthersHearEverything(int takes) throws Exception {
    Browser healthy = open(Integer.MAX_VALUE, false);
    Browser stuck = open(takes, false);
    for (int i = 1; i <= 50; i++) happens(i);
    Poll.until(() -> stuck.completed);
    assertEquals(1, stream.subscribers());
    assertTrue(stuck.writes() <= takes, "nothing is pressed upon it");
    happens(51);
    Poll.until(() -> healthy.text().contains("\"number\":51,") || healthy.text().contains("\"number\":51}"));
    for (int i = 1; i <= 51; i++) {
      assertEquals(1, healthy.text().split("\"number\":" + i + "[,}]", -1).length - 1, "event " + i + " is told once");
    }
    assertFalse(healthy.completed);
  }

  @Test
  void brokenBrowser_isLetGoAtOnce() throws Exception {
    Browser healthy = open(Integer.MAX_VALUE, false);
    Browser broken = open(1, true);
    happens(1);
    Poll.until(() -> broken.completed);
    happens(2);
    Poll.until(() -> healthy.text().contains("\"number\":2"));
    assertEquals(1, stream.subscribers());
  }

  @Test
  void stuckBrowser_doesNotKeepTheStreamFromClosing() throws Exception {
    StatusStream patient = new StatusStream(() -> List.of(state), 3_600_000);
    Browser stuck = new Browser(0, false);
    assertTrue(patient.open(stuck.request(), stuck.response()));
    patient.close();
    assertTrue(stuck.completed);
    assertEquals(0, patient.subscribers());
    Leftovers.assertNoThread();
  }

  private StatusStream inSetTime(SetTime time) {
    return new StatusStream(() -> List.of(state), 10_000, time);
  }

  private static Browser open(StatusStream stream) throws IOException {
    Browser browser = new Browser(Integer.MAX_VALUE, false);
    assertTrue(stream.open(browser.request(), browser.response()));
    return browser;
  }

  /** It closes its connection, and the container tells. */
  private static void leave(Browser browser) {
    browser.listener.onError(new IOException("connection reset"));
  }

  @Test
  void heartbeats_doNotMultiplyWithReconnects() throws Exception {
    SetTime time = new SetTime();
    StatusStream stream = inSetTime(time);
    Browser browser = open(stream);
    for (int i = 0; i < 8; i++) {
      time.advance(100);
      leave(browser);
      browser = open(stream);
    }
    time.advance(0);
    assertEquals(1, browser.writes(), "the state");
    time.advance(31_000);
    assertEquals(4, browser.writes(), "and a heartbeat every ten seconds");
    assertEquals(1, stream.subscribers());
  }

  @Test
  void heartbeats_goOnForWhoComesWhileTheLastOneLeaves() throws Exception {
    SetTime time = new SetTime();
    StatusStream stream = inSetTime(time);
    Browser last = open(stream);
    Browser next = new Browser(Integer.MAX_VALUE, false);
    // A beat finds nobody, while the next one is on its way in.
    next.beginning = () -> {
      leave(last);
      time.advance(10_000);
    };
    assertTrue(stream.open(next.request(), next.response()));
    time.advance(31_000);
    assertEquals(4, next.writes(), "the state, and a heartbeat every ten seconds");
  }

  @Test
  void heartbeats_rest_whileNobodyWatches() throws Exception {
    SetTime time = new SetTime();
    StatusStream stream = inSetTime(time);
    leave(open(stream));
    time.advance(60_000);
    assertEquals(0, time.waiting());
    Browser again = open(stream);
    time.advance(10_000);
    assertEquals(2, again.writes());
  }

  @Test
  void heartbeats_goOnAfterAFailureOfTheSource() throws Exception {
    SetTime time = new SetTime();
    boolean[] fails = {false};
    StatusStream stream = new StatusStream(() -> {
      if (fails[0]) throw new IllegalStateException("the application is being stopped");
      return List.of(state);
    }, 10_000, time);
    Browser browser = open(stream);
    time.advance(0);
    fails[0] = true;
    time.advance(10_000);
    fails[0] = false;
    time.advance(10_000);
    assertEquals(2, browser.writes());
  }

  @Test
  void browserThatCameJustBeforeAHeartbeat_hasAWholeOneToTakeItsFirstMessage() throws Exception {
    SetTime time = new SetTime();
    StatusStream stream = inSetTime(time);
    open(stream);
    time.advance(9_999);
    Browser slow = new Browser(0, false);
    assertTrue(stream.open(slow.request(), slow.response()));
    time.advance(1);
    assertFalse(slow.completed);
    time.advance(10_000);
    assertTrue(slow.completed);
  }

  @Test
  void places_areGivenBack_byWhoLeavesAndByWhoNeverCame() throws Exception {
    StatusStream stream = inSetTime(new SetTime());
    for (int i = 0; i < 3; i++) {
      Browser failing = new Browser(Integer.MAX_VALUE, false);
      failing.beginning = () -> {
        throw new IllegalStateException("asynchronous already");
      };
      assertThrows(IllegalStateException.class, () -> stream.open(failing.request(), failing.response()));
    }
    List<Browser> all = new ArrayList<>();
    for (int i = 0; i < StatusStream.MOST; i++) all.add(open(stream));
    Browser tooMany = new Browser(Integer.MAX_VALUE, false);
    assertFalse(stream.open(tooMany.request(), tooMany.response()));
    for (Browser each : all) {
      leave(each);
      leave(each);
    }
    assertEquals(0, stream.subscribers());
    for (int i = 0; i < StatusStream.MOST; i++) open(stream);
    assertFalse(stream.open(tooMany.request(), tooMany.response()));
  }
}
