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
import java.util.concurrent.Semaphore;
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

    /** What is new to this reader. */
    default String next(StateJson told) {
      return told.next(states());
    }
  }

  private final Source source;
  private final long heartbeatMillis;
  private final Set<StatusSubscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(MOST);
  private final AtomicBoolean woken = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor thread;
  private volatile boolean closed;
  // Whether a heartbeat is due; touched by the stream's thread only, so that there never are two, nor none.
  private boolean beating;

  StatusStream(Source source) {
    this(source, HEARTBEAT_MILLIS);
  }

  StatusStream(Source source, long heartbeatMillis) {
    this(source, heartbeatMillis, new ScheduledThreadPoolExecutor(1, work -> {
      Thread made = new Thread(work, "everbearer-status");
      made.setDaemon(true);
      made.setContextClassLoader(StatusStream.class.getClassLoader());
      return made;
    }));
  }

  /** @param thread one; a test passes one whose time stands still until it is moved */
  StatusStream(Source source, long heartbeatMillis, ScheduledThreadPoolExecutor thread) {
    this.source = source;
    this.heartbeatMillis = heartbeatMillis;
    this.thread = thread;
    thread.setRemoveOnCancelPolicy(true);
  }

  /** False if there are too many already, or the request cannot be asynchronous. */
  boolean open(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (closed || !request.isAsyncSupported() || !places.tryAcquire()) return false;
    StatusSubscriber subscriber;
    try {
      response.setContentType("text/event-stream;charset=utf-8");
      response.setHeader("X-Accel-Buffering", "no");
      AsyncContext async = request.startAsync(request, response);
      async.setTimeout(0);
      subscriber = new StatusSubscriber(async, response.getOutputStream(), this::leave);
      async.addListener(subscriber);
      response.getOutputStream().setWriteListener(subscriber);
    } catch (IOException | RuntimeException e) {
      places.release();
      throw e;
    }
    join(subscriber);
    if (closed) subscriber.end();
    return true;
  }

  /** From here on it has a place in the set, which {@link #leave} gives back. */
  private void join(StatusSubscriber subscriber) {
    subscribers.add(subscriber);
    if (subscriber.hasLeft()) leave(subscriber);
    tell(subscriber);
    // After it has been added: a beat that finds nobody comes before this, and so is followed by another one.
    later(0, this::keepBeating);
  }

  private void leave(StatusSubscriber subscriber) {
    if (subscribers.remove(subscriber)) places.release();
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

  private void keepBeating() {
    if (beating || subscribers.isEmpty()) return;
    beating = true;
    later(heartbeatMillis, this::beat);
  }

  /** Finds out who has gone without a word, and sets the clocks of those who are there. */
  private void beat() {
    beating = false;
    try {
      for (StatusSubscriber subscriber : subscribers) {
        if (subscriber.isIdle()) subscriber.offer(message(subscriber.told));
        else if (subscriber.hasTakenNothing()) subscriber.end();
      }
    } finally {
      keepBeating();
    }
  }

  private byte[] message(StateJson told) {
    return ("data: " + source.next(told) + "\n\n").getBytes(StandardCharsets.UTF_8);
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
