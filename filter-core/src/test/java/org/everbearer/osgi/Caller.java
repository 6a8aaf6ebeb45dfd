package org.everbearer.osgi;

import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.everbearer.Origin;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigSource;
import org.everbearer.config.TokenClient;
import org.everbearer.httpclient5.BearerTokenExecHandler;
import org.everbearer.httpclient5.OutboundTokens;

/** Lives in a bundle of its own, which imports the library's packages. */
public final class Caller implements Callable<String> {
  private final Map<String, String> params;

  public Caller(Map<String, String> params) {
    this.params = params;
  }

  @Override
  public String call() throws Exception {
    ConfigSource source = ConfigSource.builder("chat-api").initParams(params).build();
    try (TokenClient client = TokenClient.of(ClientConfig.read(source))) {
      client.start();
      OutboundTokens tokens =
          OutboundTokens.of(client.coordinator().application(), client.allowedOrigins().toArray(new Origin[0]));
      try (CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build()) {
        return http.execute(new HttpGet(params.get("baseUrl") + "/api"), new BasicHttpClientResponseHandler());
      }
    }
  }
}
