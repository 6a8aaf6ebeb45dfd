package org.everbearer.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between a client and a token endpoint, breaks what passes in every way that networks do, and notes which
 * refresh token was presented when. One request at a time, as one client makes them.
 */
final class FaultyEndpoint implements AutoCloseable {
  enum Fault {
    NONE, ERROR_500, UNAVAILABLE_503, LATENCY, TIMEOUT, RESET_BEFORE, RESET_AFTER, MALFORMED, TRUNCATED, EMPTY
  }

  /** Longer than the client's time-out. */
  private static final long TIMEOUT_NANOS = 400_000_000L;
  private static final long LATENCY_NANOS = 40_000_000L;

  final Map<Fault, Integer> counts = Collections.synchronizedMap(new EnumMap<>(Fault.class));
  /** What must never happen: a token that the server had spent longer ago than its grace, or one it never handed out. */
  final List<String> wrongs = Collections.synchronizedList(new ArrayList<>());

  private final URI target;
  private final long graceNanos;
  private final double share;
  private final Random random;
  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  // Touched by the one thread that serves.
  private final Map<String, Long> committed = new HashMap<>();
  private String newest;

  /** @param share of the requests that meet a fault */
  FaultyEndpoint(URI target, String first, long graceNanos, double share, long seed) throws IOException {
    this.target = target;
    this.newest = first;
    this.graceNanos = graceNanos;
    this.share = share;
    this.random = new Random(seed);
    Thread thread = new Thread(this::serve, "faulty endpoint");
    thread.setDaemon(true);
    thread.start();
  }

  String base() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.setSoTimeout(5000);
        answer(client);
      } catch (IOException clientIsGone) {
        // It gave up, as some faults mean it to.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void answer(Socket client) throws IOException, InterruptedException {
    String body = body(new BufferedInputStream(client.getInputStream()));
    if (body == null) return;
    String token = JsonParser.parseString(body).getAsJsonObject().get("refreshToken").getAsString();
    look(token);
    Fault fault = random.nextDouble() >= share ? Fault.NONE
        : Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
    counts.merge(fault, 1, Integer::sum);
    OutputStream out = client.getOutputStream();
    switch (fault) {
      case ERROR_500 -> reply(out, "500 Internal Server Error", "", "{\"error\":\"boom\"}");
      case UNAVAILABLE_503 -> reply(out, "503 Service Unavailable", "Retry-After: 0\r\n", "");
      case RESET_BEFORE -> reset(client);
      case LATENCY -> {
        LockSupport.parkNanos(LATENCY_NANOS);
        pass(out, forward(token, body));
      }
      case TIMEOUT -> {
        HttpResponse<String> reply = forward(token, body);
        LockSupport.parkNanos(TIMEOUT_NANOS);
        pass(out, reply);
      }
      case RESET_AFTER -> {
        forward(token, body);
        reset(client);
      }
      case MALFORMED -> reply(out, "200 OK", "", forward(token, body).body().replace(':', ' '));
      case TRUNCATED -> truncated(out, forward(token, body).body());
      case EMPTY -> {
        forward(token, body);
        reply(out, "200 OK", "", "");
      }
      default -> pass(out, forward(token, body));
    }
  }

  private void look(String token) {
    if (token.equals(newest)) return;
    Long spent = committed.get(token);
    if (spent == null) wrongs.add("a refresh token that the server has never handed out");
    else if (System.nanoTime() - spent > graceNanos) wrongs.add("a refresh token spent longer ago than the grace");
  }

  private HttpResponse<String> forward(String token, String body) throws IOException, InterruptedException {
    HttpResponse<String> reply = http.send(HttpRequest.newBuilder(target)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    if (reply.statusCode() != 200) {
      wrongs.add("the server refused: " + reply.body());
      return reply;
    }
    JsonObject pair = JsonParser.parseString(reply.body()).getAsJsonObject();
    committed.putIfAbsent(token, System.nanoTime());
    newest = pair.get("refreshToken").getAsString();
    return reply;
  }

  private static void pass(OutputStream out, HttpResponse<String> reply) throws IOException {
    String date = reply.headers().firstValue("Date").map(value -> "Date: " + value + "\r\n").orElse("");
    reply(out, reply.statusCode() + " -", date, reply.body());
  }

  private static void reply(OutputStream out, String status, String headers, String body) throws IOException {
    out.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers
        + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private void truncated(OutputStream out, String body) throws IOException {
    out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
        + body.substring(0, random.nextInt(body.length()))).getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** RST instead of FIN. */
  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  /** The request's body; null if the connection ends before a request has come. */
  private static String body(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) return null;
      head.append((char) next);
    }
    String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
    int at = lower.indexOf("content-length:") + "content-length:".length();
    int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).trim());
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
