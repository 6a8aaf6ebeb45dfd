package org.everbearer.coordinator;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.everbearer.TokenEvent;
import org.everbearer.TokenListener;

/**
 * Brings the events of a client to its listeners, each on a thread of its own, in order. A listener can neither slow
 * down nor break a refresh or another listener; what it is too slow for is dropped, counted, and told to all of them.
 */
final class EventQueue {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
  private static final ListenerQueue[] NONE = new ListenerQueue[0];

  private final String client;
  private final Function<String, ThreadFactory> threads;
  private final long idle;
  // Replaced, never changed, by a thread that holds this object's monitor; read by anybody.
  private volatile ListenerQueue[] queues = NONE;
  private volatile TokenEvent newest;
  // Guarded by this object's monitor.
  private int added;
  private boolean closed;

  EventQueue(String client, List<TokenListener> listeners) {
    this(client, listeners, ThreadScheduler::named, ListenerQueue.IDLE);
  }

  EventQueue(String client, List<TokenListener> listeners, Function<String, ThreadFactory> threads, long idle) {
    this.client = client;
    this.threads = threads;
    this.idle = idle;
    for (TokenListener listener : listeners) add(listener);
  }

  /** Does nothing if it is there already. */
  synchronized void add(TokenListener listener) {
    if (closed || find(listener) >= 0) return;
    ListenerQueue[] more = Arrays.copyOf(queues, queues.length + 1);
    ThreadFactory named = threads.apply("everbearer-" + client + "-events-" + ++added);
    more[queues.length] = new ListenerQueue(listener, named, idle, this::rest);
    queues = more;
  }

  /** Tells it what waits, a little while at most, and ends its thread. */
  void remove(TokenListener listener) {
    ListenerQueue removed = takeOut(listener);
    if (removed == null) return;
    removed.close();
    removed.awaitEnd(System.nanoTime() + PATIENCE);
  }

  private synchronized ListenerQueue takeOut(TokenListener listener) {
    int index = find(listener);
    if (index < 0) return null;
    ListenerQueue[] fewer = new ListenerQueue[queues.length - 1];
    System.arraycopy(queues, 0, fewer, 0, index);
    System.arraycopy(queues, index + 1, fewer, index, fewer.length - index);
    ListenerQueue removed = queues[index];
    queues = fewer;
    return removed;
  }

  private int find(TokenListener listener) {
    for (int i = 0; i < queues.length; i++) if (queues[i].listener() == listener) return i;
    return -1;
  }

  /** Never waits for a listener, and never throws. */
  void emit(TokenEvent event) {
    newest = event;
    ListenerQueue[] now = queues;
    // By index: an iterator would be an allocation, and it may be memory that there is none of.
    for (int i = 0; i < now.length; i++) now[i].offer(event);
    for (int i = 0; i < now.length; i++) report(now[i], event, false);
  }

  private void rest(ListenerQueue queue) {
    report(queue, newest, true);
  }

  /** Has the others told what one of them has lost. */
  private void report(ListenerQueue slow, TokenEvent event, boolean now) {
    long losses = slow.lossesToReport(now);
    if (losses == 0 || event == null) return;
    try {
      TokenEvent told = event.afterDropped(losses, slow.listenerName());
      ListenerQueue[] all = queues;
      for (int i = 0; i < all.length; i++) if (all[i] != slow) all[i].offer(told);
    } catch (Throwable noMemory) {
      // It is about losses, and is lost itself.
    }
  }

  /** Delivers what is queued, waits a little for it, also when interrupted, and ends the threads. */
  void close() {
    ListenerQueue[] ended = end();
    for (ListenerQueue queue : ended) report(queue, newest, true);
    for (ListenerQueue queue : ended) queue.close();
    long deadline = System.nanoTime() + PATIENCE;
    for (ListenerQueue queue : ended) queue.awaitEnd(deadline);
  }

  private synchronized ListenerQueue[] end() {
    closed = true;
    return queues;
  }
}
