package org.everbearer.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
  private static final int REQUESTS = Integer.getInteger("benchmarks.requests", 8000);
  private static final int IN_FLIGHT = 4;
  private static final double LEVEL = 0.05;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private interface Run {
    void all() throws Exception;
  }

  /** Microseconds of each run, by two clocks. */
  private record Clocks(double[] elapsed, double[] cpu) {
    Clocks() {
      this(new double[RUNS], new double[RUNS]);
    }

    void time(int run, Run requests) throws Exception {
      long start = System.nanoTime();
      long spent = SYSTEM.getProcessCpuTime();
      requests.all();
      if (run < 0) return;
      elapsed[run] = (System.nanoTime() - start) / 1e3 / REQUESTS * IN_FLIGHT;
      cpu[run] = (SYSTEM.getProcessCpuTime() - spent) / 1e3 / REQUESTS;
    }
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
    report.columns("whole request on loopback", "without, µs", "range", "with, µs", "range", "difference", "p",
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
    report.note("Ten alternating runs of each, of " + REQUESTS + " GET requests, " + IN_FLIGHT + " at a time, after two"
        + " that are thrown away; the server is in the same process. Elapsed microseconds per request and connection;"
        + " processor time of the process per request. Medians of ten and their ranges; p of the two-sided"
        + " Mann–Whitney test, exact: how often chance alone would part two times ten runs of the same thing so far."
        + " Shown: p < " + LEVEL + ", and with the handler is slower. Among four such rows of"
        + " two equal things chance shows a difference in every fifth table or so.");
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
    Clocks a = new Clocks();
    Clocks b = new Clocks();
    for (int run = -2; run < RUNS; run++) {
      // Each begins every second time: what a run leaves behind burdens both alike.
      if (run % 2 == 0) a.time(run, without);
      b.time(run, with);
      if (run % 2 != 0) a.time(run, without);
    }
    row(report, client + ", elapsed", a.elapsed, b.elapsed);
    row(report, client + ", processor time", a.cpu, b.cpu);
  }

  private static void row(Report report, String title, double[] without, double[] with) {
    double p = MannWhitney.p(without, with);
    double[] a = without.clone();
    double[] b = with.clone();
    Arrays.sort(a);
    Arrays.sort(b);
    double slower = median(b) - median(a);
    report.row(title, median(a), range(a), median(b), range(b),
        String.format(Locale.ROOT, "%+.1f (%+.1f %%)", slower, 100 * slower / median(a)),
        String.format(Locale.ROOT, "%.2f", p), p >= LEVEL ? "no" : slower > 0 ? "yes" : "faster");
  }

  private static double median(double[] sorted) {
    return (sorted[(RUNS - 1) / 2] + sorted[RUNS / 2]) / 2;
  }

  private static String range(double[] sorted) {
    return Report.number(sorted[0]) + "–" + Report.number(sorted[RUNS - 1]);
  }

  private static void classic(CloseableHttpClient client, String origin, String header) throws Exception {
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
  }

  private static void async(CloseableHttpAsyncClient client, String origin, String header) throws Exception {
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
