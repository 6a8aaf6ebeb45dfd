package org.everbearer.sample;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.everbearer.servlet.BearerTokens;

/** Calls of the chat API for the demo: each on a thread of its own, all at once, for the user who asked. */
final class DemoCalls {
  private static final ChatRequest MESSAGE = new ChatRequest(null, "Is my token valid?");

  private record Call(Outcome outcome, long millis) {}

  private enum Outcome {
    OK,
    /** There was no token to make the call with. */
    REFUSED,
    FAILED
  }

  private final ChatApi api;
  private final BearerTokens tokens;
  private final Semaphore crowd = new Semaphore(1);

  DemoCalls(ChatApi api, BearerTokens tokens) {
    this.api = api;
    this.tokens = tokens;
  }

  /** {@code {"answers": 200, "ok": 200, "refused": 0, "failed": 0, "slowestMillis": 84}} */
  JsonObject send(int count) throws IOException {
    if (count == 1) return told(List.of(call()));
    if (!crowd.tryAcquire()) throw new ErrorAnswer(409, "busy", "Requests are on their way already.");
    try {
      return told(atOnce(count));
    } finally {
      crowd.release();
    }
  }

  private List<Call> atOnce(int count) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CountDownLatch ready = new CountDownLatch(count);
      // On another thread the user would be unknown: the task takes along whose request this is.
      Callable<Call> task = tokens.propagate((Callable<Call>) () -> {
        ready.countDown();
        ready.await();
        return call();
      });
      List<Future<Call>> results = new ArrayList<>();
      for (int i = 0; i < count; i++) results.add(threads.submit(task));
      List<Call> calls = new ArrayList<>();
      for (Future<Call> result : results) calls.add(result.get());
      return calls;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private Call call() {
    long start = System.nanoTime();
    Outcome outcome;
    try {
      api.chat(MESSAGE);
      outcome = Outcome.OK;
    } catch (IOException e) {
      outcome = Outcome.REFUSED;
    } catch (ErrorAnswer e) {
      outcome = Outcome.FAILED;
    }
    return new Call(outcome, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private static JsonObject told(List<Call> calls) {
    JsonObject told = new JsonObject();
    told.addProperty("answers", calls.size());
    for (Outcome outcome : Outcome.values()) {
      told.addProperty(outcome.name().toLowerCase(Locale.ROOT),
          calls.stream().filter(call -> call.outcome() == outcome).count());
    }
    told.addProperty("slowestMillis", calls.stream().mapToLong(Call::millis).max().orElse(0));
    return told;
  }
}
