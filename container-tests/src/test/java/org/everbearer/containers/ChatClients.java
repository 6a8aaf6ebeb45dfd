package org.everbearer.containers;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Eight people who chat without a pause, half of them reading the answer word by word. */
final class ChatClients {
  private static final int CLIENTS = 8;

  private final URI base;
  private final HttpClient http = HttpClient.newHttpClient();

  ChatClients(URI base) {
    this.base = base;
  }

  /**
   * @param seen when it says so, everybody stops
   * @return every reply that was not as it should be
   */
  List<String> chatFor(Duration time, List<Integer> seen) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      long end = System.nanoTime() + time.toNanos();
      List<Future<Talk>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        boolean streamed = i % 2 == 1;
        all.add(threads.submit(() -> talk(streamed, end)));
      }
      List<String> wrong = new ArrayList<>();
      for (Future<Talk> one : all) {
        Talk talk = one.get();
        seen.add(talk.replies);
        wrong.addAll(talk.wrong);
      }
      return wrong;
    } finally {
      threads.shutdownNow();
    }
  }

  private static final class Talk {
    private int replies;
    private final List<String> wrong = new ArrayList<>();
  }

  private Talk talk(boolean streamed, long end) throws IOException, InterruptedException {
    Talk talk = new Talk();
    while (System.nanoTime() - end < 0 && talk.wrong.size() < 5) {
      HttpResponse<String> reply = say("How are you after " + talk.replies + " replies?", streamed);
      talk.replies++;
      if (!isGood(reply, streamed)) talk.wrong.add(reply.statusCode() + " " + reply.body());
    }
    return talk;
  }

  private HttpResponse<String> say(String message, boolean streamed) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(base.resolve("api/chat"))
        .header("Content-Type", "application/json")
        .header("Accept", streamed ? "text/event-stream" : "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"message\":\"" + message + "\"}"))
        .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static boolean isGood(HttpResponse<String> reply, boolean streamed) {
    if (reply.statusCode() != 200) return false;
    if (streamed) return reply.body().contains("\"delta\"") && reply.body().contains("event: done");
    return !JsonParser.parseString(reply.body()).getAsJsonObject().get("reply").getAsString().isEmpty();
  }
}
