package org.everbearer.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.RefreshCoordinator;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;

/**
 * A thousand sessions without a valid token, eight requests each, all at once: how long the slowest waits, compared with
 * the time that the token endpoint alone needs for a thousand refreshes, 32 at a time.
 */
public final class SessionStampede {
  private static final int SESSIONS = 1000;
  private static final int REQUESTS = 8;
  private static final int WIDTH = 32;
  private static final long ENDPOINT_MILLIS = 50;
  private static final int ROUNDS = 3;

  private SessionStampede() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    double needed = Math.ceil((double) SESSIONS / WIDTH) * ENDPOINT_MILLIS;
    for (int round = 1; round <= ROUNDS; round++) {
      AtomicInteger refreshes = new AtomicInteger();
      double slowest = round(refreshes);
      System.out.printf("round %d: %d refreshes; slowest caller %,.0f ms, endpoint alone %,.0f ms, ratio %.2f%n", round,
          refreshes.get(), slowest, needed, slowest / needed);
    }
  }

  private static double round(AtomicInteger refreshes) throws Exception {
    TokenRefresher endpoint = current -> {
      refreshes.incrementAndGet();
      try {
        Thread.sleep(ENDPOINT_MILLIS);
      } catch (InterruptedException e) {
        throw new TokenException(TokenException.Reason.NOT_SENT, "interrupted");
      }
      return LocalRefresher.tokens(Long.parseLong(current.refreshToken()) + 1);
    };
    try (RefreshCoordinator client = RefreshCoordinator.builder("stampede", endpoint)
        .maxConcurrentRefreshes(WIDTH).background(false).waitTimeout(Duration.ofMinutes(1)).build()) {
      List<TokenSource> sources = new ArrayList<>();
      for (int s = 0; s < SESSIONS; s++) {
        String refreshToken = LocalRefresher.padded(s, LocalRefresher.REFRESH_TOKEN_LENGTH);
        client.storeTokens("session-" + s, TokenSet.of(null, refreshToken));
        sources.add(client.source("session-" + s));
      }
      AtomicLong slowest = new AtomicLong();
      List<CompletableFuture<?>> waits = new ArrayList<>();
      for (int r = 0; r < REQUESTS; r++) {
        for (TokenSource source : sources) {
          long asked = System.nanoTime();
          waits.add(source.accessTokenAsync().thenRun(
              () -> slowest.accumulateAndGet(System.nanoTime() - asked, Math::max)));
        }
      }
      CompletableFuture.allOf(waits.toArray(new CompletableFuture<?>[0])).get(2, TimeUnit.MINUTES);
      return slowest.get() / 1e6;
    }
  }
}
