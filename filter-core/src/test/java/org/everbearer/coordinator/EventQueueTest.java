package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one listener does, the others hear everything, and nobody who emits notices. */
class EventQueueTest {
  private static final long A_WHILE = TimeUnit.SECONDS.toNanos(30);

  /** Keeps what it hears, and where. */
  private static class Hearing implements TokenListener {
    final List<TokenEvent> heard = new CopyOnWriteArrayList<>();
    final AtomicReference<Thread> thread = new AtomicReference<>();
    final Semaphore told = new Semaphore(0);
    final Semaphore toldOfLosses = new Semaphore(0);

    @Override
    public void onEvent(TokenEvent event) {
      thread.set(Thread.currentThread());
      heard.add(event);
      (event.type() == Type.EVENTS_DROPPED ? toldOfLosses : told).release();
    }

    void awaitTold(int events) throws InterruptedException {
      assertTrue(told.tryAcquire(events, 30, TimeUnit.SECONDS), "heard only " + heard.size());
    }

    List<Long> numbers() {
      return heard.stream().filter(event -> event.type() == Type.HELD).map(TokenEvent::generation)
          .collect(Collectors.toList());
    }

    List<TokenEvent> losses() {
      return heard.stream().filter(event -> event.type() == Type.EVENTS_DROPPED).collect(Collectors.toList());
    }
  }

  /** Hears nothing more until it is let go. */
  private static final class Blocking extends Hearing {
    final CountDownLatch blocked = new CountDownLatch(1);
    final CountDownLatch end = new CountDownLatch(1);
    final AtomicBoolean interrupted = new AtomicBoolean();

    @Override
    public void onEvent(TokenEvent event) {
      super.onEvent(event);
      blocked.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        interrupted.set(true);
      }
    }
  }

  private static TokenEvent event(long number) {
    return TokenEvent.of(Type.HELD).who("test", "application", "node").at(java.time.Instant.EPOCH)
        .token("none", number, null, null).build();
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().collect(Collectors.toList());
  }

  private static long sum(List<TokenEvent> events) {
    return events.stream().mapToLong(TokenEvent::count).sum();
  }

  @Test
  void blockedListener_losesItsOwnEventsOnly_andEverybodyIsTold() throws Exception {
    Blocking slow = new Blocking();
    Hearing quick = new Hearing();
    EventQueue queue = new EventQueue("test", List.of(slow, quick));
    queue.emit(event(1));
    assertTrue(slow.blocked.await(30, TimeUnit.SECONDS));
    quick.awaitTold(1);
    int losses = 500;
    long last = 1 + ListenerQueue.CAPACITY + losses;
    for (long i = 2; i <= last; i++) {
      queue.emit(event(i));
      quick.awaitTold(1);
    }
    assertEquals(numbers(1, last), quick.numbers(), "in order, and all");
    assertTrue(quick.toldOfLosses.tryAcquire(30, TimeUnit.SECONDS));
    TokenEvent first = quick.losses().get(0);
    assertEquals(1, first.count());
    assertEquals(Blocking.class.getName(), first.listener());
    slow.end.countDown();
    slow.awaitTold(1 + ListenerQueue.CAPACITY);
    // The thread tells of the gap when it comes to its end, with no further event.
    assertTrue(slow.toldOfLosses.tryAcquire(30, TimeUnit.SECONDS));
    queue.emit(event(last + 1));
    queue.close();
    assertEquals(numbers(1, last + 1), quick.numbers());
    assertEquals(numbers(1, 1 + ListenerQueue.CAPACITY), slow.numbers().subList(0, 1 + ListenerQueue.CAPACITY));
    assertEquals(last + 1, slow.numbers().get(slow.numbers().size() - 1));
    assertEquals(losses, sum(slow.losses()));
    assertEquals(Blocking.class.getName(), slow.losses().get(0).listener());
    assertEquals(losses, sum(quick.losses()));
    assertTrue(quick.losses().size() <= 2 + 30, "one a second at most, and one for the rest: " + quick.losses().size());
  }

  @Test
  void gap_isToldWhereItIs_beforeWhatComesAfterIt() throws Exception {
    Semaphore steps = new Semaphore(0);
    Hearing slow = new Hearing() {
      @Override
      public void onEvent(TokenEvent event) {
        steps.acquireUninterruptibly();
        super.onEvent(event);
      }
    };
    EventQueue queue = new EventQueue("test", List.of(slow));
    // One of them may or may not be in the listener's hands already.
    for (long i = 1; i <= ListenerQueue.CAPACITY + 10; i++) queue.emit(event(i));
    steps.release(ListenerQueue.CAPACITY / 2 + 10);
    slow.awaitTold(ListenerQueue.CAPACITY / 2 + 10);
    queue.emit(event(5000));
    steps.release(10_000);
    queue.close();
    List<TokenEvent> heard = slow.heard;
    TokenEvent gap = slow.losses().get(0);
    int place = heard.indexOf(gap);
    assertEquals(5000, heard.get(place + 1).generation());
    assertEquals(ListenerQueue.CAPACITY + 10 - gap.count(), heard.get(place - 1).generation());
    assertEquals(1, slow.losses().size());
  }

  @Test
  void listenerThatThrowsAnything_hearsTheNextEvent() throws Exception {
    List<Throwable> thrown = List.of(new IllegalStateException("on purpose"), new OutOfMemoryError("on purpose"),
        new NoClassDefFoundError("on purpose"), new java.io.IOException("undeclared, on purpose"),
        new StackOverflowError(), new InterruptedException("on purpose"));
    Hearing bad = new Hearing() {
      @Override
      public void onEvent(TokenEvent event) {
        super.onEvent(event);
        Thread.currentThread().interrupt();
        EventQueueTest.<RuntimeException>sneak(thrown.get(heard.size() - 1));
      }
    };
    Hearing good = new Hearing();
    EventQueue queue = new EventQueue("test", List.of(bad, good));
    for (int i = 1; i <= thrown.size(); i++) {
      queue.emit(event(i));
      bad.awaitTold(1);
    }
    queue.close();
    assertEquals(numbers(1, thrown.size()), bad.numbers());
    assertEquals(numbers(1, thrown.size()), good.numbers());
    assertFalse(bad.thread.get().isAlive());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void whenNoThreadCanBeBegun_emitDoesNotThrow_andTheEventsAreToldLater() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    Hearing listener = new Hearing();
    EventQueue queue = new EventQueue("test", List.of(listener), name -> work -> {
      if (broken.get()) throw new OutOfMemoryError("unable to create native thread, on purpose");
      return ThreadScheduler.named(name).newThread(work);
    }, A_WHILE);
    for (int i = 1; i <= ListenerQueue.CAPACITY + 3; i++) queue.emit(event(i));
    assertEquals(List.of(), listener.heard);
    broken.set(false);
    queue.close();
    assertEquals(numbers(1, ListenerQueue.CAPACITY), listener.numbers());
    assertEquals(3, sum(listener.losses()));
  }

  @Test
  void idleThread_goes_andAnotherOneTellsTheNextEvent() throws Exception {
    Hearing listener = new Hearing();
    EventQueue queue = new EventQueue("test", List.of(listener), ThreadScheduler::named, 1);
    queue.emit(event(1));
    listener.awaitTold(1);
    Thread first = listener.thread.get();
    assertTrue(first.isDaemon());
    assertTrue(first.getName().startsWith("everbearer-test-events"), first.getName());
    first.join();
    queue.emit(event(2));
    listener.awaitTold(1);
    assertNotSame(first, listener.thread.get());
    queue.close();
    assertFalse(listener.thread.get().isAlive());
    assertEquals(numbers(1, 2), listener.numbers());
  }

  @Test
  void threadsThatComeAndGo_neverTellOutOfOrder() throws Exception {
    AtomicBoolean inside = new AtomicBoolean();
    AtomicBoolean twoAtATime = new AtomicBoolean();
    Hearing listener = new Hearing() {
      @Override
      public void onEvent(TokenEvent event) {
        if (!inside.compareAndSet(false, true)) twoAtATime.set(true);
        super.onEvent(event);
        inside.set(false);
      }
    };
    EventQueue queue = new EventQueue("test", List.of(listener), ThreadScheduler::named, 0);
    for (int i = 1; i <= 500; i++) {
      queue.emit(event(i));
      if (i % 3 == 0) Thread.yield();
    }
    queue.close();
    assertEquals(numbers(1, 500), listener.numbers());
    assertFalse(twoAtATime.get());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_tellsWhatWaits_andHasJoinedTheThreads_alsoWhenInterrupted(boolean interrupted) throws Exception {
    for (int round = 0; round < 50; round++) {
      Hearing one = new Hearing();
      Hearing two = new Hearing();
      List<Thread> begun = new CopyOnWriteArrayList<>();
      EventQueue queue = new EventQueue("test", List.of(one, two), recording(begun), A_WHILE);
      for (int i = 1; i <= 100; i++) queue.emit(event(i));
      if (interrupted) Thread.currentThread().interrupt();
      queue.close();
      // At once, as a container looks for threads that were left behind.
      for (Thread thread : begun) assertFalse(thread.isAlive(), thread.getName());
      assertEquals(interrupted, Thread.interrupted(), "the flag is kept");
      assertEquals(numbers(1, 100), one.numbers());
      assertEquals(numbers(1, 100), two.numbers());
    }
  }

  private static java.util.function.Function<String, ThreadFactory> recording(List<Thread> begun) {
    return name -> work -> {
      Thread made = ThreadScheduler.named(name).newThread(work);
      begun.add(made);
      return made;
    };
  }

  @Test
  void close_interruptsAListenerThatDoesNotReturn() throws Exception {
    Blocking stuck = new Blocking();
    Hearing other = new Hearing();
    EventQueue queue = new EventQueue("test", List.of(stuck, other));
    queue.emit(event(1));
    queue.emit(event(2));
    assertTrue(stuck.blocked.await(30, TimeUnit.SECONDS));
    queue.close();
    assertTrue(stuck.interrupted.get());
    assertFalse(stuck.thread.get().isAlive());
    assertEquals(numbers(1, 1), stuck.numbers());
    assertEquals(numbers(1, 2), other.numbers());
  }

  @Test
  void listenerThatClosesTheClient_isNotWaitedForByItself() throws Exception {
    AtomicReference<EventQueue> queue = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    queue.set(new EventQueue("test", List.of(event -> {
      queue.get().close();
      closed.countDown();
    })));
    queue.get().emit(event(1));
    assertTrue(closed.await(30, TimeUnit.SECONDS));
  }

  @Test
  void listenersComeAndGo_whileTheClientRuns() throws Exception {
    RefreshCoordinator client = RefreshCoordinator.builder("test", new ModelServer(Ticker.SYSTEM)
        .refresher(Duration.ofSeconds(1))).build();
    Hearing late = new Hearing();
    client.addListener(late);
    client.addListener(late);
    client.announce();
    late.awaitTold(1);
    client.removeListener(late);
    client.removeListener(late);
    assertFalse(late.thread.get().isAlive());
    client.announce();
    Hearing last = new Hearing();
    client.addListener(last);
    client.announce();
    client.close();
    client.addListener(new Hearing());
    client.announce();
    assertEquals(1, late.heard.size(), "added twice, told once, and not any more");
    assertEquals(1, last.heard.size());
    assertFalse(last.thread.get().isAlive());
  }

  @Test
  void slowListener_delaysNoRefresh() throws Exception {
    VirtualTime time = new VirtualTime();
    ModelServer server = new ModelServer(time);
    Blocking slow = new Blocking();
    RefreshCoordinator client = RefreshCoordinator.builder("test", server.refresher(Duration.ofSeconds(10)))
        .firstTokens(server.signIn())
        .refreshMargin(Duration.ofSeconds(10))
        .listener(slow)
        .time(time, time.node(), () -> 0)
        .build();
    client.start();
    assertTrue(slow.blocked.await(30, TimeUnit.SECONDS));
    for (int i = 0; i < 3000; i++) client.announce();
    time.advance(Duration.ofSeconds(51));
    assertEquals("A4", client.application().token());
    slow.end.countDown();
    client.close();
    assertSame(Type.LOADED, slow.heard.get(0).type());
    assertTrue(new ArrayList<>(slow.losses()).stream().anyMatch(event -> event.count() > 1000));
  }
}
