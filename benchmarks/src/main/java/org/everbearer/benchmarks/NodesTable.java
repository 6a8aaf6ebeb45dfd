package org.everbearer.benchmarks;

import com.sun.net.httpserver.HttpServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** One, two, four and eight JVMs that share one token family in one PostgreSQL. */
final class NodesTable {
  private static final int[] COUNTS = {1, 2, 4, 8};
  static final int LIFETIME_SECONDS = 6;
  private static final int SECONDS = Integer.getInteger("benchmarks.seconds", 30);

  private NodesTable() {}

  static void measure(Report report) throws Exception {
    report.columns("nodes on one PostgreSQL", "refreshes", "refreshes per lifetime", "refresh tokens spent twice",
        "failed calls", "calls that waited > 20 ms", "a peer's token in use after, ms (median; slowest)");
    try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
      for (int count : COUNTS) row(report, database, count);
    }
    report.note("Each node is a JVM with four threads that ask every few milliseconds for " + SECONDS + " s; tokens"
        + " live " + LIFETIME_SECONDS + " s and are refreshed ahead of their end, a refresh takes 100 ms,"
        + " refresh tokens"
        + " are single-use. Refreshes per lifetime: calls of the token endpoint for each refresh token it"
        + " has handed out"
        + " and seen back. The last column: from the moment the server issued a token until a node that had not asked"
        + " for it served it; meanwhile that node serves the old one, which is still valid.");
  }

  private static void row(Report report, EmbeddedPostgres database, int count) throws Exception {
    Map<String, Integer> presented = new HashMap<>();
    HttpServer endpoint = endpoint(presented);
    List<Process> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(new ProcessBuilder(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
          "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
          Node.class.getName(), database.getJdbcUrl("postgres", "postgres"), "family-of-" + count,
          "http://127.0.0.1:" + endpoint.getAddress().getPort() + "/token", String.valueOf(SECONDS))
          .redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }
    long failures = 0;
    long waits = 0;
    List<Long> adopted = new ArrayList<>();
    for (Process node : nodes) {
      String[] fields = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim().split(" ");
      if (node.waitFor() != 0 || fields.length < 2) throw new IllegalStateException("a node failed");
      failures += Long.parseLong(fields[0]);
      waits += Long.parseLong(fields[1]);
      for (int i = 2; i < fields.length; i++) adopted.add(Long.parseLong(fields[i]));
    }
    endpoint.stop(0);
    adopted.sort(null);
    int calls = presented.values().stream().mapToInt(Integer::intValue).sum();
    report.row(count, calls, calls / (double) presented.size(),
        presented.values().stream().filter(times -> times > 1).count(), failures, waits,
        adopted.isEmpty() ? "–" : adopted.get(adopted.size() / 2) + "; " + adopted.get(adopted.size() - 1));
  }

  /** Takes the refresh token as the body; answers "access refresh". An access token is the time of its issue. */
  private static HttpServer endpoint(Map<String, Integer> presented) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/token", exchange -> {
      String refreshToken = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      boolean first;
      synchronized (presented) {
        first = presented.merge(refreshToken, 1, Integer::sum) == 1;
      }
      long now = System.currentTimeMillis();
      byte[] answer = ("at-" + now + " rt-" + System.nanoTime()).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(first ? 200 : 400, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    return server;
  }
}
