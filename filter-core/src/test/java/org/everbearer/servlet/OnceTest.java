package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OnceTest {
  @Test
  void manyWhoAskAtOnce_getTheOneValue() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Once<Integer> once = new Once<>(() -> {
      making.countDown();
      asked.await();
      return made.incrementAndGet();
    });
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      all.add(threads.submit(once::get));
      making.await();
      for (int i = 0; i < 15; i++) all.add(threads.submit(once::get));
      asked.countDown();
      for (Future<Integer> each : all) assertEquals(1, each.get());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFailure_isNotKept() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    Once<String> once = new Once<>(() -> {
      if (tries.incrementAndGet() == 1) throw new IOException("not yet");
      return "made";
    });
    assertEquals("not yet", assertThrows(ExecutionException.class, once::get).getCause().getMessage());
    assertEquals("made", once.get());
    assertEquals("made", once.get());
    assertEquals(2, tries.get());
  }
}
