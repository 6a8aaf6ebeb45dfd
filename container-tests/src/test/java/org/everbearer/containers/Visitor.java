package org.everbearer.containers;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Somebody who uses a deployed application. No connection is kept: it might keep the application that it served. */
final class Visitor {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final String base;

  Visitor(String base) {
    this.base = base;
  }

  record Answer(int status, String body) {}

  Answer get(String path) throws IOException {
    return answer(connect(path));
  }

  Answer chat(String accept) throws IOException {
    HttpURLConnection connection = connect("api/chat");
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setRequestProperty("Accept", accept);
    connection.setDoOutput(true);
    connection.getOutputStream().write("{\"message\":\"How are you?\"}".getBytes(StandardCharsets.UTF_8));
    return answer(connection);
  }

  void chatOnce() throws IOException {
    Answer answer = chat("application/json");
    boolean good = answer.status == 200
        && !JsonParser.parseString(answer.body).getAsJsonObject().get("reply").getAsString().isEmpty();
    if (!good) throw new IllegalStateException("chat: " + answer);
  }

  void streamOnce() throws IOException {
    Answer answer = chat("text/event-stream");
    boolean good = answer.status == 200 && answer.body.contains("\"delta\"") && answer.body.contains("event: done");
    if (!good) throw new IllegalStateException("event stream: " + answer);
  }

  /** Asks until the application answers so. */
  void await(String path, int status) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Answer answer; (answer = tryToGet(path)).status != status; LockSupport.parkNanos(200_000_000)) {
      if (System.nanoTime() > end) throw new IllegalStateException(base + path + " is not " + status + ": " + answer);
    }
  }

  Answer tryToGet(String path) {
    try {
      return get(path);
    } catch (IOException notYet) {
      return new Answer(0, notYet.toString());
    }
  }

  private HttpURLConnection connect(String path) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
    connection.setRequestProperty("Connection", "close");
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    return connection;
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Answer(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
