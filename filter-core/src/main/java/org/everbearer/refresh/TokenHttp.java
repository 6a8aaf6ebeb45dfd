package org.everbearer.refresh;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/** One request, one bounded reply, by a deadline: the private HTTP client behind a token endpoint. */
final class TokenHttp implements Closeable {
  // The coordinator bounds how many refreshes run at once; the pool must not be a second, hidden bound.
  private static final int MAX_CONNECTIONS = 10_000;

  /** What a complete JSON object may still wait for the end of its framing: its tokens' time is running. */
  private static final long SETTLING = TimeUnit.MILLISECONDS.toNanos(500);

  private final CloseableHttpClient client;
  /** The exchange that this thread is in, for what HttpClient calls without telling for whom. */
  private final ThreadLocal<Flight> flights = new ThreadLocal<>();
  private final ScheduledThreadPoolExecutor alarms;

  TokenHttp(String clientName, Duration connectTimeout) {
    this.client = client(connectTimeout);
    this.alarms = new ScheduledThreadPoolExecutor(1, task -> {
      Thread thread = new Thread(task, "everbearer-" + clientName + "-deadline");
      thread.setDaemon(true);
      return thread;
    });
    alarms.setRemoveOnCancelPolicy(true);
    // Refreshes are rare: no thread is kept for the time between them.
    alarms.setKeepAliveTime(1, TimeUnit.SECONDS);
    alarms.allowCoreThreadTimeOut(true);
  }

  private CloseableHttpClient client(Duration connectTimeout) {
    return HttpClientBuilder.create()
        .useSystemProperties()
        .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
            .useSystemProperties()
            .setMaxConnTotal(MAX_CONNECTIONS)
            .setMaxConnPerRoute(MAX_CONNECTIONS)
            .setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connectTimeout))
                .build())
            .setConnectionFactory(LenientFraming.connections(() -> flights.get() != null && flights.get().hasBegun()))
            .build())
        // A kept connection that the server has silently given up fails when the next request is already on its way,
        // and nobody knows then whether the refresh token was spent. One more handshake per token is the smaller price.
        .setConnectionReuseStrategy((request, response, context) -> false)
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        // A proxy may ask for credentials of the JVM's Authenticator; an endpoint's 401 must not make the client send
        // the request once more.
        .setTargetAuthenticationStrategy((type, challenges, context) -> Collections.emptyList())
        .setUserAgent("Everbearer")
        .addExecInterceptorAfter(ChainElement.CONNECT.name(), "everbearer-sent", (request, scope, chain) -> {
          Flight flight = (Flight) scope.clientContext.getAttribute(Flight.ATTRIBUTE);
          if (!flight.begin()) throw new InterruptedIOException("the deadline passed while connecting");
          return chain.proceed(request, scope);
        })
        .build();
  }

  /**
   * @return what came, perhaps {@linkplain HttpReply#brokenOff() not all of it}
   * @throws TokenException NOT_SENT if nothing can have taken effect; AMBIGUOUS if no answer began
   */
  HttpReply exchange(HttpUriRequestBase request, Deadline deadline) throws TokenException {
    Flight flight = new Flight(request);
    HttpClientContext context = HttpClientContext.create();
    context.setAttribute(Flight.ATTRIBUTE, flight);
    request.setHeader(HttpHeaders.CONNECTION, "close");
    // Not that everybody heeds it.
    request.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
    List<Future<?>> set = new ArrayList<>();
    flights.set(flight);
    try {
      set.add(alarm(flight, deadline.remainingNanos()));
      ClassicHttpResponse response = client.executeOpen(host(request), request, context);
      flight.answerBegins();
      try {
        // A proxy that refuses the tunnel answers in the endpoint's stead: its 403 must not kill a token.
        if (!flight.hasBegun()) throw new IOException("the proxy answered " + response.getCode());
        return reply(response, flight, () -> set.add(alarm(flight, SETTLING)));
      } finally {
        closeQuietly(response);
      }
    } catch (RejectedExecutionException e) {
      throw new TokenException(Reason.CLOSED, "the client was shut down");
    } catch (IOException | RuntimeException e) {
      throw flight.failure(e);
    } finally {
      flights.remove();
      for (Future<?> alarm : set) alarm.cancel(false);
    }
  }

  private static HttpReply reply(ClassicHttpResponse response, Flight flight, Runnable hurry) {
    ReplyBody body = ReplyBody.read(response, () -> {
      try {
        hurry.run();
      } catch (RejectedExecutionException closing) {
        // No more alarms, but the connections end too.
      }
    });
    // Closing a response reads what is left of it; what is left of an endless one must not be waited for.
    if (!body.isAtEnd()) flight.cancel();
    Exception trouble = body.trouble();
    // A body that ends where the connection does looks complete also when it was we who cut it.
    if (trouble == null && body.endsWithConnection() && flight.hasExpired()) {
      trouble = new InterruptedIOException("time was up while reading");
    }
    return new HttpReply(response, body.text(), trouble == null ? null : flight.failure(trouble));
  }

  // The answer is there: whether the connection ends well is of no concern.
  private static void closeQuietly(ClassicHttpResponse response) {
    try {
      response.close();
    } catch (IOException | RuntimeException e) {
      // It is closed all the same.
    }
  }

  private ScheduledFuture<?> alarm(Flight flight, long nanos) {
    return alarms.schedule(flight::expire, nanos, TimeUnit.NANOSECONDS);
  }

  private static HttpHost host(HttpUriRequestBase request) {
    return new HttpHost(request.getScheme(), request.getAuthority().getHostName(), request.getAuthority().getPort());
  }

  @Override
  public void close() {
    alarms.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }
}
