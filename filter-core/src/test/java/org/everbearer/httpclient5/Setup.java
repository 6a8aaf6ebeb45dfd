package org.everbearer.httpclient5;

import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.core5.http.HttpHost;

/** How a test wants its client; the rest stays at HttpClient's defaults. */
final class Setup {
  final OutboundTokens tokens;
  int poolSize = 40;
  boolean caching;
  HttpHost proxy;
  CredentialsProvider credentials;
  HttpRequestRetryStrategy retries;

  private Setup(OutboundTokens tokens) {
    this.tokens = tokens;
  }

  static Setup with(OutboundTokens tokens) {
    return new Setup(tokens);
  }

  Setup poolOfOne() {
    poolSize = 1;
    return this;
  }

  Setup caching() {
    caching = true;
    return this;
  }

  Setup proxy(ResourceServer server) {
    proxy = new HttpHost("http", "127.0.0.1", server.port());
    return this;
  }

  Setup credentials(CredentialsProvider value) {
    credentials = value;
    return this;
  }

  Setup retries(HttpRequestRetryStrategy value) {
    retries = value;
    return this;
  }
}
