package org.everbearer.benchmarks.peers;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * MSAL for Java: {@code ConfidentialClientApplication.acquireToken(ClientCredentialParameters)} for each call, which
 * looks into its cache first unless told by {@code skipCache(true)} (Javadoc of {@code ClientCredentialParameters}). On
 * its default executor, or on one that works on the caller's thread (its builder's {@code executorService}). Its HTTP
 * goes to the stand-in through its {@code httpClient} hook, and it discovers no instance, both of which only spare it
 * requests.
 */
final class Msal4j implements Peer {
  private static final Set<String> SCOPES = Set.of("chat/.default");

  private final ConfidentialClientApplication application;

  /** @param executor null for the default */
  Msal4j(StandInEndpoint endpoint, ExecutorService executor) throws IOException {
    IHttpClient http = request -> answer(endpoint.issue());
    ConfidentialClientApplication.Builder builder = ConfidentialClientApplication
        .builder("client", ClientCredentialFactory.createFromSecret("secret"))
        .authority("https://login.microsoftonline.com/benchmark-tenant/")
        .instanceDiscovery(false)
        .httpClient(http);
    if (executor != null) builder.executorService(executor);
    application = builder.build();
  }

  private static IHttpResponse answer(Issued next) {
    String body = "{\"token_type\":\"Bearer\",\"expires_in\":" + next.expiresIn().toSeconds()
        + ",\"access_token\":\"" + next.accessToken() + "\"}";
    return new IHttpResponse() {
      @Override
      public int statusCode() {
        return 200;
      }

      @Override
      public Map<String, List<String>> headers() {
        return Map.of("Content-Type", List.of("application/json"));
      }

      @Override
      public String body() {
        return body;
      }
    };
  }

  @Override
  public String token() throws Exception {
    return application.acquireToken(ClientCredentialParameters.builder(SCOPES).build()).get().accessToken();
  }
}
