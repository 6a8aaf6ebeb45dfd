package org.everbearer.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.everbearer.observe.StateJson;

/**
 * One browser that watches. Written to without blocking, by whichever thread comes, one at a time; what it has not
 * taken yet is one message, and the next is made when it has.
 */
final class StatusSubscriber implements WriteListener, AsyncListener {
  /** How much of the state it was told; touched by the stream's thread only. */
  final StateJson told = new StateJson();

  private final AsyncContext async;
  private final ServletOutputStream out;
  private final Consumer<StatusSubscriber> gone;
  private final AtomicReference<byte[]> pending = new AtomicReference<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicBoolean completed = new AtomicBoolean();
  // What it had not taken at the last heartbeat; touched by the stream's thread only.
  private byte[] waiting;
  private volatile boolean ready;
  private volatile boolean ended;
  // Touched inside write() only, which one thread at a time runs.
  private boolean unflushed;

  StatusSubscriber(AsyncContext async, ServletOutputStream out, Consumer<StatusSubscriber> gone) {
    this.async = async;
    this.out = out;
    this.gone = gone;
  }

  /** False while it has not taken the message before. */
  boolean offer(byte[] message) {
    if (!pending.compareAndSet(null, message)) return false;
    drain();
    return true;
  }

  boolean isIdle() {
    return pending.get() == null;
  }

  /** Asked at each heartbeat: whether it has the same message before it as at the last one. */
  boolean hasTakenNothing() {
    byte[] before = waiting;
    waiting = pending.get();
    return waiting != null && waiting == before;
  }

  boolean hasLeft() {
    return completed.get();
  }

  void end() {
    ended = true;
    drain();
  }

  @Override
  public void onWritePossible() {
    ready = true;
    drain();
  }

  /** Whoever comes while another writes leaves it a note, and the other goes round once more. */
  private void drain() {
    int seen = calls.incrementAndGet();
    if (seen != 1) return;
    do {
      try {
        write();
      } catch (IOException | RuntimeException e) {
        ended = true;
        complete();
      }
      seen = calls.addAndGet(-seen);
    } while (seen != 0);
  }

  private void write() throws IOException {
    while (true) {
      if (ended) {
        complete();
        return;
      }
      if (!ready) return;
      // Before asking: the answer "no" may be followed by onWritePossible at once, on another thread.
      ready = false;
      if (!out.isReady()) return;
      ready = true;
      byte[] message = pending.get();
      if (unflushed) {
        unflushed = false;
        out.flush();
      } else if (message != null) {
        unflushed = true;
        out.write(message);
        pending.set(null);
      } else {
        return;
      }
    }
  }

  private void complete() {
    if (!completed.compareAndSet(false, true)) return;
    gone.accept(this);
    try {
      async.complete();
    } catch (IllegalStateException alreadyOver) {
      // The container was first.
    }
  }

  private void leave() {
    completed.set(true);
    ended = true;
    gone.accept(this);
  }

  @Override
  public void onError(Throwable brokenConnection) {
    end();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    leave();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end();
  }

  @Override
  public void onError(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
