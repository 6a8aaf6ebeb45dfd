package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A web application that runs, and the browsers that visit it. */
interface Deployed extends AutoCloseable {
  int port();

  ServletContext context();

  /** Has the container end the sessions whose time is up. */
  void expireSessions();

  @Override
  void close();

  default Browser browser() {
    return new Browser(port());
  }

  /** One user agent with its own cookies; follows no redirect. */
  final class Browser {
    private final int port;
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    Browser(int port) {
      this.port = port;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
          .timeout(Duration.ofSeconds(60));
      for (int i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    String body(String path, String... headers) throws IOException, InterruptedException {
      return get(path, headers).body();
    }
  }
}
