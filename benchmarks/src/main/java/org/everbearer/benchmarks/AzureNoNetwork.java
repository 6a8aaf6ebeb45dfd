package org.everbearer.benchmarks;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers 200 at once. */
final class AzureNoNetwork implements HttpClient {
  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.just(new Ok(request));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    return new Ok(request);
  }

  private static final class Ok extends HttpResponse {
    private static final HttpHeaders NONE = new HttpHeaders();

    Ok(HttpRequest request) {
      super(request);
    }

    @Override
    public int getStatusCode() {
      return 200;
    }

    @Override
    @Deprecated
    public String getHeaderValue(String name) {
      return null;
    }

    @Override
    public HttpHeaders getHeaders() {
      return NONE;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return Flux.empty();
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.empty();
    }

    @Override
    public Mono<String> getBodyAsString() {
      return Mono.empty();
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.empty();
    }
  }
}
