package org.everbearer.benchmarks.peers;

import java.io.IOException;
import java.time.Duration;

/** What applications write by hand: a monitor around everything, 30 seconds of margin. */
final class SynchronizedGetter implements Peer {
  private static final long MARGIN = Duration.ofSeconds(30).toNanos();

  private final StandInEndpoint endpoint;
  private String token;
  private long endsAt;

  SynchronizedGetter(StandInEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public synchronized String token() throws IOException {
    if (token == null || endsAt - System.nanoTime() <= MARGIN) {
      Issued next = endpoint.issue();
      endsAt = System.nanoTime() + next.expiresIn().toNanos();
      token = next.accessToken();
    }
    return token;
  }
}
