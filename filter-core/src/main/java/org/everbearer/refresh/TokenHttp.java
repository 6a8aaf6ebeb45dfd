package org.everbearer.refresh;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/** One request, one bounded reply, by a deadline: the private HTTP client behind a token endpoint. */
final class TokenHttp implements Closeable {
  // The coordinator bounds how many refreshes run at once; the pool must not be a second, hidden bound.
  private static final int MAX_CONNECTIONS = 10_000;

  private final CloseableHttpClient client;
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

  private static CloseableHttpClient client(Duration connectTimeout) {
    return HttpClientBuilder.create()
        .useSystemProperties()
        .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
            .useSystemProperties()
            .setMaxConnTotal(MAX_CONNECTIONS)
            .setMaxConnPerRoute(MAX_CONNECTIONS)
            .setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connectTimeout))
                .build())
            .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                .http1Config(Http1Config.custom().setMaxLineLength(16_384).setMaxHeaderCount(200).build())
                .build())
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
   * @throws TokenException NOT_SENT if not one byte of the request can have left, else AMBIGUOUS
   */
  HttpReply exchange(HttpUriRequestBase request, Deadline deadline) throws TokenException {
    Flight flight = new Flight(request);
    HttpClientContext context = HttpClientContext.create();
    context.setAttribute(Flight.ATTRIBUTE, flight);
    request.setHeader(HttpHeaders.CONNECTION, "close");
    ScheduledFuture<?> alarm = alarm(flight, deadline);
    try (ClassicHttpResponse response = client.executeOpen(host(request), request, context)) {
      HttpReply reply;
      try {
        reply = HttpReply.read(response);
      } catch (IOException e) {
        request.cancel();
        throw e;
      }
      // Closing a response reads what is left of it; what is left of an endless one must not be waited for.
      if (reply.isOversize()) request.cancel();
      // A body that ends where the connection does looks complete also when it was we who cut it.
      if (flight.hasExpired()) throw new InterruptedIOException("the deadline passed while reading");
      return reply;
    } catch (IOException | RuntimeException e) {
      throw flight.failure(e);
    } finally {
      alarm.cancel(false);
    }
  }

  private ScheduledFuture<?> alarm(Flight flight, Deadline deadline) throws TokenException {
    try {
      return alarms.schedule(flight::expire, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new TokenException(Reason.CLOSED, "the client was shut down");
    }
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
