package org.everbearer.benchmarks.peers;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.TokenProviderResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * MSAL for Java: {@code ConfidentialClientApplication.acquireToken(ClientCredentialParameters)} for each call, which
 * looks into its cache first, as the Javadoc says. Tokens come from its {@code appTokenProvider} hook.
 */
final class Msal4j implements Peer {
  private static final Set<String> SCOPES = Set.of("chat/.default");

  private final ConfidentialClientApplication application;

  Msal4j(StandInEndpoint endpoint) throws IOException {
    application = ConfidentialClientApplication
        .builder("client", ClientCredentialFactory.createFromSecret("secret"))
        .authority("https://login.microsoftonline.com/benchmark-tenant/")
        .instanceDiscovery(false)
        .appTokenProvider(parameters -> CompletableFuture.supplyAsync(() -> result(endpoint)))
        .build();
  }

  private static TokenProviderResult result(StandInEndpoint endpoint) {
    try {
      Issued next = endpoint.issue();
      TokenProviderResult result = new TokenProviderResult();
      result.setAccessToken(next.accessToken());
      result.setTenantId("benchmark-tenant");
      result.setExpiresInSeconds(next.expiresIn().toSeconds());
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String token() throws Exception {
    return application.acquireToken(ClientCredentialParameters.builder(SCOPES).build()).get().accessToken();
  }
}
