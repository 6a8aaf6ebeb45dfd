package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.everbearer.TokenEvent;
import org.everbearer.TokenListener;
import org.everbearer.observe.ClientState;
import org.everbearer.observe.StateJson;

/**
 * Tells browsers what happens, as server-sent events. Events of the clients only wake its thread, which then tells each
 * browser what is new to it; so neither many events nor slow browsers delay anybody.
 */
final class StatusStream implements TokenListener {
  static final int MOST = 32;
  private static final long COLLECT_MILLIS = 50;
  private static final long HEARTBEAT_MILLIS = 10_000;

  /** The clients of the web application as they are now. */
  interface Source {
    Collection<ClientState> states();
  }

  private final Source source;
  private final long heartbeatMillis;
  private final Set<StatusSubscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor thread;
  private volatile boolean closed;

  StatusStream(Source source) {
    this(source, HEARTBEAT_MILLIS);
  }

  StatusStream(Source source, long heartbeatMillis) {
    this.source = source;
    this.heartbeatMillis = heartbeatMillis;
    thread = new ScheduledThreadPoolExecutor(1, work -> {
      Thread made = new Thread(work, "everbearer-status");
      made.setDaemon(true);
      made.setContextClassLoader(StatusStream.class.getClassLoader());
      return made;
    });
    thread.setRemoveOnCancelPolicy(true);
  }

  /** False if there are too many already, or the request cannot be asynchronous. */
  boolean open(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (closed || subscribers.size() >= MOST || !request.isAsyncSupported()) return false;
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("X-Accel-Buffering", "no");
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0);
    StatusSubscriber subscriber = new StatusSubscriber(async, response.getOutputStream(), subscribers::remove);
    async.addListener(subscriber);
    boolean first = subscribers.isEmpty();
    subscribers.add(subscriber);
    response.getOutputStream().setWriteListener(subscriber);
    tell(subscriber);
    if (first) beat();
    if (closed) subscriber.end();
    return true;
  }

  @Override
  public void onEvent(TokenEvent event) {
    if (!subscribers.isEmpty()) wake(COLLECT_MILLIS);
  }

  private void wake(long inMillis) {
    if (woken.compareAndSet(false, true)) later(inMillis, this::push);
  }

  private void tell(StatusSubscriber subscriber) {
    later(0, () -> subscriber.offer(message(subscriber.told)));
  }

  private void push() {
    woken.set(false);
    boolean lagging = false;
    Collection<ClientState> states = source.states();
    for (StatusSubscriber subscriber : subscribers) {
      if (!subscriber.told.isBehind(states)) continue;
      if (subscriber.isIdle()) subscriber.offer(message(subscriber.told));
      else lagging = true;
    }
    if (lagging) wake(COLLECT_MILLIS * 5);
  }

  /** Finds out who has gone without a word, and sets the clocks of those who are there. */
  private void beat() {
    later(heartbeatMillis, () -> {
      for (StatusSubscriber subscriber : subscribers) {
        // Not even one message in all this time.
        if (!subscriber.isIdle()) subscriber.end();
        else subscriber.offer(message(subscriber.told));
      }
      if (!subscribers.isEmpty()) beat();
    });
  }

  private byte[] message(StateJson told) {
    return ("data: " + told.next(source.states()) + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private void later(long millis, Runnable work) {
    try {
      thread.schedule(work, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nobody is there to be told.
    }
  }

  int subscribers() {
    return subscribers.size();
  }

  void close() {
    closed = true;
    thread.shutdownNow();
    for (StatusSubscriber subscriber : subscribers) subscriber.end();
    try {
      thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
