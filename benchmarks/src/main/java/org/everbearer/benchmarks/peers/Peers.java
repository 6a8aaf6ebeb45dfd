package org.everbearer.benchmarks.peers;

import com.google.common.util.concurrent.MoreExecutors;
import java.io.IOException;

/** All of them, by the name that the tables show. */
public enum Peers {
  FLOOR("floor (volatile read, clock read)", Floor::new),
  EVERBEARER("Everbearer", endpoint -> new Everbearer(endpoint, settings -> settings)),
  /** With no timer, which otherwise would have refreshed before the callers come. */
  EVERBEARER_ON_DEMAND("Everbearer", endpoint -> new Everbearer(endpoint, settings -> settings.background(false))),
  SYNCHRONIZED("synchronized getter", SynchronizedGetter::new),
  GOOGLE("google-auth", GoogleAuth::new),
  CAFFEINE("Caffeine", CaffeineCache::new),
  AWS("AWS CachedSupplier", endpoint -> new AwsCachedSupplier(endpoint, false)),
  AWS_NON_BLOCKING("AWS CachedSupplier, NonBlocking", endpoint -> new AwsCachedSupplier(endpoint, true)),
  SPRING("Spring Security", endpoint -> new SpringSecurity(endpoint, 1)),
  AZURE("azure-core AccessTokenCache", AzureCore::new),
  MSAL4J("MSAL4J", endpoint -> new Msal4j(endpoint, null)),
  MSAL4J_ON_CALLER("MSAL4J, on the caller's thread",
      endpoint -> new Msal4j(endpoint, MoreExecutors.newDirectExecutorService())),
  JWT_DECODING("JWT decoded per request (jose4j)", JwtDecoding::new);

  private final String title;
  private final Opening opening;

  Peers(String title, Opening opening) {
    this.title = title;
    this.opening = opening;
  }

  public String title() {
    return title;
  }

  /** Set up for this endpoint; the first token comes from it too, at the latest with the first call. */
  public Peer open(StandInEndpoint endpoint) throws IOException {
    return opening.open(endpoint);
  }

  private interface Opening {
    Peer open(StandInEndpoint endpoint) throws IOException;
  }
}
