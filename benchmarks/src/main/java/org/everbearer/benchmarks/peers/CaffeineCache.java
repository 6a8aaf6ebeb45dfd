package org.everbearer.benchmarks.peers;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;

/**
 * Caffeine: a {@code LoadingCache} with variable expiry ({@code Expiry.creating}), as its wiki page "Eviction" shows
 * under "Time-based", a minute before the token's end.
 */
public final class CaffeineCache implements Peer {
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final LoadingCache<String, Issued> cache;

  public CaffeineCache(StandInEndpoint endpoint) {
    cache = Caffeine.newBuilder()
        .expireAfter(Expiry.<String, Issued>creating((user, issued) -> left(issued)))
        .build(user -> endpoint.issue());
  }

  private static Duration left(Issued issued) {
    Duration left = issued.expiresIn().minus(MARGIN);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The token of one user. */
  public String token(String user) {
    return cache.get(user).accessToken();
  }

  @Override
  public String token() {
    return token("application");
  }
}
