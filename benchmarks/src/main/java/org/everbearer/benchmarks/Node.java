package org.everbearer.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.store.JdbcTokenStore;
import org.postgresql.ds.PGSimpleDataSource;

/** One JVM of {@link NodesTable}: prints failed calls, calls that waited, and how long each foreign token took. */
final class Node {
  private static final int THREADS = 4;

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  private Node(URI endpoint) {
    this.endpoint = endpoint;
  }

  private TokenSet refresh(TokenSet current) throws TokenException {
    try {
      HttpResponse<String> reply = http.send(HttpRequest.newBuilder(endpoint)
          .POST(HttpRequest.BodyPublishers.ofString(current.refreshToken())).build(),
          HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) throw new TokenException(TokenException.Reason.REJECTED, "spent twice");
      String[] pair = reply.body().split(" ");
      own.add(pair[0]);
      return TokenSet.of(pair[0], pair[1]).expiresIn(Duration.ofSeconds(NodesTable.LIFETIME_SECONDS));
    } catch (IOException e) {
      throw new TokenException(TokenException.Reason.AMBIGUOUS, e.toString(), e);
    } catch (InterruptedException e) {
      throw new TokenException(TokenException.Reason.AMBIGUOUS, "interrupted", e);
    }
  }

  public static void main(String[] args) throws Exception {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(args[0]);
    Node node = new Node(URI.create(args[2]));
    AtomicLong failures = new AtomicLong();
    AtomicLong waits = new AtomicLong();
    Queue<Long> adopted = new ConcurrentLinkedQueue<>();
    try (RefreshCoordinator coordinator = RefreshCoordinator.builder("nodes", node::refresh)
        .store(JdbcTokenStore.builder("benchmark", () -> database).createTable(true).build())
        .storeKey(args[1])
        .firstTokens(TokenSet.of("at-0", "rt-0").expiresIn(Duration.ZERO))
        .build()) {
      coordinator.start();
      // The first token is what everybody waits for; what is measured comes after it.
      coordinator.application().token();
      Set<String> seen = ConcurrentHashMap.newKeySet();
      long end = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
      Thread[] threads = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        threads[i] = new Thread(() -> {
          while (System.nanoTime() - end < 0) {
            long start = System.nanoTime();
            try {
              String token = coordinator.application().token();
              if (System.nanoTime() - start > 20_000_000L) waits.incrementAndGet();
              if (seen.add(token) && !node.own.contains(token) && seen.size() > 1) {
                adopted.add(System.currentTimeMillis() - Long.parseLong(token.substring(3)));
              }
              Thread.sleep(ThreadLocalRandom.current().nextInt(1, 10));
            } catch (TokenException e) {
              failures.incrementAndGet();
            } catch (InterruptedException e) {
              return;
            }
          }
        });
        threads[i].start();
      }
      for (Thread thread : threads) thread.join();
    }
    StringBuilder line = new StringBuilder().append(failures.get()).append(' ').append(waits.get());
    adopted.forEach(millis -> line.append(' ').append(millis));
    System.out.println(line);
    System.exit(0); // the HTTP client has threads of its own
  }
}
