package org.everbearer.benchmarks;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.HttpRequestHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.everbearer.Origin;
import org.everbearer.benchmarks.peers.Everbearer;
import org.everbearer.benchmarks.peers.Issued;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.everbearer.httpclient5.AsyncBearerTokenExecHandler;
import org.everbearer.httpclient5.BearerTokenExecHandler;
import org.everbearer.httpclient5.OutboundTokens;

/**
 * Whole requests against a server on the loopback interface, in ten alternating runs with our handler and without. So
 * that both send the same bytes, the runs without it set a constant header of the same length.
 */
final class LoopbackTable {
  private static final int RUNS = 10;
  private static final int REQUESTS = Integer.getInteger("benchmarks.requests", 4000);
  private static final int IN_FLIGHT = 4;
  /** Of Student's t, two-sided 95 %, for nine degrees of freedom. */
  private static final double T9 = 2.262;

  /** One run: microseconds per request. */
  private interface Run {
    double micros() throws Exception;
  }

  private LoopbackTable() {}

  static void measure(Report report) throws Exception {
    HttpRequestHandler ok = (request, response, context) -> {
      response.setCode(request.containsHeader("Authorization") ? 200 : 401);
      response.setEntity(new StringEntity("{\"answer\":42}", ContentType.APPLICATION_JSON));
    };
    HttpServer server = ServerBootstrap.bootstrap()
        .setLocalAddress(InetAddress.getLoopbackAddress())
        .setRequestRouter((request, context) -> ok)
        .create();
    server.start();
    String origin = "http://127.0.0.1:" + server.getLocalPort();
    Issued constant = new StandInEndpoint().issue();
    report.columns("whole request on loopback", "without, µs", "with, µs", "difference, µs (95 % confidence)",
        "shown?");
    try (Everbearer ours = new Everbearer(new StandInEndpoint(), settings -> settings)) {
      OutboundTokens tokens = OutboundTokens.of(ours.source(), Origin.parse(origin));
      String header = "Bearer " + constant.accessToken();
      try (CloseableHttpClient without = classic(builder -> builder);
          CloseableHttpClient with = classic(builder -> BearerTokenExecHandler.addTo(builder, tokens))) {
        compare(report, "classic", () -> classic(without, origin, header), () -> classic(with, origin, null));
      }
      try (CloseableHttpAsyncClient without = async(builder -> builder);
          CloseableHttpAsyncClient with = async(builder -> AsyncBearerTokenExecHandler.addTo(builder, tokens))) {
        compare(report, "async", () -> async(without, origin, header), () -> async(with, origin, null));
      }
    }
    server.close();
    report.note("Ten alternating runs of " + REQUESTS + " GET requests, " + IN_FLIGHT + " at a time, after two of each"
        + " that are thrown away. Microseconds of wall clock per request and connection; means of ten.");
  }

  private static CloseableHttpClient classic(UnaryOperator<HttpClientBuilder> handler) {
    return handler.apply(HttpClients.custom()).build();
  }

  private static CloseableHttpAsyncClient async(UnaryOperator<HttpAsyncClientBuilder> handler) {
    CloseableHttpAsyncClient client = handler.apply(HttpAsyncClients.custom()).build();
    client.start();
    return client;
  }

  private static void compare(Report report, String client, Run without, Run with) throws Exception {
    double[] a = new double[RUNS];
    double[] b = new double[RUNS];
    for (int run = -2; run < RUNS; run++) {
      // Each begins every second time: what a run leaves behind burdens both alike.
      boolean first = run % 2 == 0;
      double one = first ? without.micros() : with.micros();
      double other = first ? with.micros() : without.micros();
      if (run < 0) continue;
      a[run] = first ? one : other;
      b[run] = first ? other : one;
    }
    double mean = 0;
    for (int i = 0; i < RUNS; i++) mean += (b[i] - a[i]) / RUNS;
    double squares = 0;
    for (int i = 0; i < RUNS; i++) squares += Math.pow(b[i] - a[i] - mean, 2);
    double half = T9 * Math.sqrt(squares / (RUNS - 1) / RUNS);
    report.row(client, mean(a), mean(b), Report.number(mean) + " ± " + Report.number(half),
        Math.abs(mean) > half ? "yes" : "no");
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) sum += value;
    return sum / values.length;
  }

  private static double classic(CloseableHttpClient client, String origin, String header) throws Exception {
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    List<Exception> failures = new ArrayList<>();
    for (int t = 0; t < IN_FLIGHT; t++) {
      Thread thread = new Thread(() -> {
        try {
          for (int i = 0; i < REQUESTS / IN_FLIGHT; i++) {
            HttpGet get = new HttpGet(origin + "/v1/chat");
            if (header != null) get.addHeader("Authorization", header);
            client.execute(get, response -> {
              EntityUtils.consume(response.getEntity());
              return requireOk(response.getCode());
            });
          }
        } catch (Exception e) {
          synchronized (failures) {
            failures.add(e);
          }
        }
      });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) thread.join();
    if (!failures.isEmpty()) throw failures.get(0);
    return perRequest(start);
  }

  private static double async(CloseableHttpAsyncClient client, String origin, String header) throws Exception {
    long start = System.nanoTime();
    Semaphore slots = new Semaphore(IN_FLIGHT);
    Collector collector = new Collector(slots);
    for (int i = 0; i < REQUESTS; i++) {
      slots.acquire();
      SimpleHttpRequest get = SimpleRequestBuilder.get(origin + "/v1/chat").build();
      if (header != null) get.addHeader("Authorization", header);
      client.execute(get, collector);
    }
    slots.acquire(IN_FLIGHT);
    if (collector.failure != null) throw collector.failure;
    return perRequest(start);
  }

  private static double perRequest(long start) {
    return (System.nanoTime() - start) / 1e3 / REQUESTS * IN_FLIGHT;
  }

  private static int requireOk(int code) {
    if (code != 200) throw new IllegalStateException("answered " + code);
    return code;
  }

  private static final class Collector implements FutureCallback<SimpleHttpResponse> {
    private final Semaphore slots;
    private volatile Exception failure;

    Collector(Semaphore slots) {
      this.slots = slots;
    }

    @Override
    public void completed(SimpleHttpResponse response) {
      if (response.getCode() != 200) failure = new IllegalStateException("answered " + response.getCode());
      slots.release();
    }

    @Override
    public void failed(Exception cause) {
      failure = cause;
      slots.release();
    }

    @Override
    public void cancelled() {
      slots.release();
    }
  }
}
