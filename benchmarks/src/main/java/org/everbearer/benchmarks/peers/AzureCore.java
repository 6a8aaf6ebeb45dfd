package org.everbearer.benchmarks.peers;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AccessTokenCache;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import reactor.core.publisher.Mono;

/**
 * azure-core: a {@code TokenCredential} behind an {@code AccessTokenCache}, asked by {@code getTokenSync(context,
 * false)}, as the sample in the Javadoc of {@code AccessTokenCache} shows. The request context is made once, as there;
 * {@code BearerTokenAuthenticationPolicy} makes one for each request. Refreshed from 5 minutes before the end on, but
 * never within 30 s of the last fetch.
 */
public final class AzureCore implements Peer {
  private final TokenRequestContext context = new TokenRequestContext().addScopes("chat");
  private final TokenCredential credential;
  private final AccessTokenCache cache;

  public AzureCore(StandInEndpoint endpoint) {
    credential = new Credential(endpoint);
    cache = new AccessTokenCache(credential);
  }

  public TokenCredential credential() {
    return credential;
  }

  @Override
  public String token() {
    return cache.getTokenSync(context, false).getToken();
  }

  private record Credential(StandInEndpoint endpoint) implements TokenCredential {
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
      return Mono.fromCallable(() -> getTokenSync(request));
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
      try {
        Issued next = endpoint.issue();
        return new AccessToken(next.accessToken(), next.expiresAt().atOffset(ZoneOffset.UTC));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
