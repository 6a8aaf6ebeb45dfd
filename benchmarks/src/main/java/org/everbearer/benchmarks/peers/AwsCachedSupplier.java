package org.everbearer.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import software.amazon.awssdk.utils.cache.CachedSupplier;
import software.amazon.awssdk.utils.cache.NonBlocking;
import software.amazon.awssdk.utils.cache.RefreshResult;

/**
 * AWS SDK for Java 2: {@code CachedSupplier} built as the SDK's own {@code StsCredentialsProvider} builds it, with the
 * times that its Javadoc gives as defaults: stale one minute, prefetched five minutes before expiry. Prefetching is
 * {@code OneCallerBlocks}, the default, or {@code NonBlocking}, which that provider takes for
 * {@code asyncCredentialUpdateEnabled(true)} (developer guide, "Credentials caching").
 */
final class AwsCachedSupplier implements Peer {
  private static final Duration STALE = Duration.ofMinutes(1);
  private static final Duration PREFETCH = Duration.ofMinutes(5);

  private final CachedSupplier<String> supplier;

  AwsCachedSupplier(StandInEndpoint endpoint, boolean nonBlocking) {
    CachedSupplier.Builder<String> builder = CachedSupplier.builder(() -> {
      try {
        Issued next = endpoint.issue();
        return RefreshResult.builder(next.accessToken())
            .staleTime(next.expiresAt().minus(STALE))
            .prefetchTime(next.expiresAt().minus(PREFETCH))
            .build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    if (nonBlocking) builder.prefetchStrategy(new NonBlocking("benchmark"));
    supplier = builder.build();
  }

  @Override
  public String token() {
    return supplier.get();
  }

  @Override
  public void close() {
    supplier.close();
  }
}
