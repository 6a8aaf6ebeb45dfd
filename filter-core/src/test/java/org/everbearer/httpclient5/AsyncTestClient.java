package org.everbearer.httpclient5;

import java.io.IOException;
import java.nio.CharBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.methods.AbstractCharResponseConsumer;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.cache.CachingHttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;

/** Sends calls through {@link AsyncBearerTokenExecHandler}. */
final class AsyncTestClient implements TestClient {
  private final CloseableHttpAsyncClient http;

  private AsyncTestClient(CloseableHttpAsyncClient http) {
    this.http = http;
    http.start();
  }

  /** With this protocol for plain http; over TLS the server knows HTTP/1.1 only. */
  static AsyncTestClient speaking(HttpVersionPolicy plain, Setup setup) throws Exception {
    HttpAsyncClientBuilder builder = setup.caching ? CachingHttpAsyncClients.custom() : HttpAsyncClients.custom();
    builder.setConnectionManager(pool(plain, setup.poolSize));
    if (setup.proxy != null) builder.setProxy(setup.proxy);
    if (setup.credentials != null) builder.setDefaultCredentialsProvider(setup.credentials);
    if (setup.retries != null) builder.setRetryStrategy(setup.retries);
    return new AsyncTestClient(AsyncBearerTokenExecHandler.addTo(builder, setup.tokens).build());
  }

  static AsyncTestClient ofHttp2Only(OutboundTokens tokens) {
    return new AsyncTestClient(AsyncBearerTokenExecHandler.addTo(HttpAsyncClients.customHttp2(), tokens).build());
  }

  // The ways that are not deprecated came with HttpClient 5.4.
  @SuppressWarnings("deprecation")
  private static PoolingAsyncClientConnectionManager pool(HttpVersionPolicy plain, int size) throws Exception {
    return PoolingAsyncClientConnectionManagerBuilder.create()
        .setMaxConnTotal(size)
        .setMaxConnPerRoute(size)
        .setTlsStrategy(ClientTlsStrategyBuilder.create()
            .setSslContext(TestCertificate.shared().trustingContext()).build())
        .setTlsConfigResolver(host -> TlsConfig.custom()
            .setVersionPolicy(host.getSchemeName().equals("https") ? HttpVersionPolicy.NEGOTIATE : plain).build())
        .build();
  }

  private <T> Future<T> execute(Call call, AsyncResponseConsumer<T> consumer) {
    BasicHttpRequest request = new BasicHttpRequest(call.method, call.uri);
    if (call.authority != null) request.setAuthority(call.authority);
    call.headers.forEach(request::setHeader);
    HttpHost target = call.target != null ? call.target
        : new HttpHost(call.uri.getScheme(), call.uri.getHost(), call.uri.getPort());
    return http.execute(
        target, new BasicRequestProducer(request, body(call)), consumer, null, call.context, null);
  }

  private static AsyncEntityProducer body(Call call) {
    if (call.body == null) return null;
    return new BasicAsyncEntityProducer(call.body, ContentType.APPLICATION_OCTET_STREAM) {
      @Override
      public boolean isRepeatable() {
        return call.repeatable;
      }
    };
  }

  @Override
  public Answer send(Call call) throws Exception {
    return begin(call).await();
  }

  @Override
  public Pending begin(Call call) {
    Future<Message<HttpResponse, String>> future =
        execute(call, new BasicResponseConsumer<>(new StringAsyncEntityConsumer()));
    return new Pending() {
      @Override
      public Answer await() throws Exception {
        Message<HttpResponse, String> message = get(future);
        call.response = message.getHead();
        return new Answer(message.getHead().getCode(), message.getBody() == null ? "" : message.getBody());
      }

      @Override
      public void cancel() {
        future.cancel(true);
      }
    };
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  @Override
  public void stream(Call call, Consumer<String> piece) throws Exception {
    get(execute(call, new AbstractCharResponseConsumer<Boolean>() {
      @Override
      protected void start(HttpResponse response, ContentType contentType) {}

      @Override
      protected int capacityIncrement() {
        return Integer.MAX_VALUE;
      }

      @Override
      protected void data(CharBuffer source, boolean endOfStream) {
        if (source.hasRemaining()) piece.accept(source.toString());
        source.position(source.limit());
      }

      @Override
      protected Boolean buildResult() throws IOException {
        return true;
      }

      @Override
      public void failed(Exception cause) {}

      @Override
      public void releaseResources() {}
    }));
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
