package org.everbearer.httpclient5;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.cache.CachingHttpClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;

/** Sends calls through {@link BearerTokenExecHandler}. */
final class ClassicTestClient implements TestClient {
  final CloseableHttpClient http;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  ClassicTestClient(Setup setup) throws Exception {
    HttpClientBuilder builder = setup.caching ? CachingHttpClients.custom() : HttpClients.custom();
    builder.setConnectionManager(pool(setup.poolSize));
    if (setup.proxy != null) builder.setProxy(setup.proxy);
    if (setup.credentials != null) builder.setDefaultCredentialsProvider(setup.credentials);
    if (setup.retries != null) builder.setRetryStrategy(setup.retries);
    http = BearerTokenExecHandler.addTo(builder, setup.tokens).build();
  }

  // The ways that are not deprecated came with HttpClient 5.4.
  @SuppressWarnings("deprecation")
  private static PoolingHttpClientConnectionManager pool(int size) throws Exception {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setMaxConnTotal(size)
        .setMaxConnPerRoute(size)
        .setSSLSocketFactory(new org.apache.hc.client5.http.ssl.SSLConnectionSocketFactory(
            TestCertificate.shared().trustingContext()))
        .build();
  }

  static HttpUriRequestBase request(Call call) {
    HttpUriRequestBase request = new HttpUriRequestBase(call.method, call.uri);
    if (call.authority != null) request.setAuthority(call.authority);
    call.headers.forEach(request::setHeader);
    if (call.body != null && call.repeatable) {
      request.setEntity(new ByteArrayEntity(call.body, ContentType.APPLICATION_OCTET_STREAM));
    } else if (call.body != null) {
      InputStream once = new ByteArrayInputStream(call.body);
      request.setEntity(new InputStreamEntity(once, call.body.length, ContentType.APPLICATION_OCTET_STREAM));
    }
    return request;
  }

  private <T> T execute(Call call, HttpUriRequestBase request, HttpClientResponseHandler<T> handler)
      throws Exception {
    HttpHost target = call.target != null ? call.target
        : new HttpHost(call.uri.getScheme(), call.uri.getHost(), call.uri.getPort());
    return http.execute(target, request, call.context, handler);
  }

  private Answer send(Call call, HttpUriRequestBase request) throws Exception {
    return execute(call, request, response -> {
      call.response = response;
      HttpEntity body = response.getEntity();
      return new Answer(response.getCode(), body == null ? "" : EntityUtils.toString(body));
    });
  }

  @Override
  public Answer send(Call call) throws Exception {
    return send(call, request(call));
  }

  @Override
  public Pending begin(Call call) {
    HttpUriRequestBase request = request(call);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        answer.complete(send(call, request));
      } catch (Exception e) {
        answer.completeExceptionally(e);
      } catch (Error e) {
        answer.completeExceptionally(new IllegalStateException("not even an exception", e));
      }
    });
    return new Pending() {
      @Override
      public Answer await() throws Exception {
        try {
          return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          throw (Exception) e.getCause();
        }
      }

      @Override
      public void cancel() {
        request.cancel();
      }
    };
  }

  @Override
  public void stream(Call call, Consumer<String> piece) throws Exception {
    execute(call, request(call), response -> {
      InputStream in = response.getEntity().getContent();
      byte[] buffer = new byte[1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        piece.accept(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
      return null;
    });
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    http.close();
  }
}
