package org.everbearer.benchmarks.peers;

import java.io.IOException;

/** The least that a check of validity can cost: one volatile read and one clock read. Refreshes nothing. */
final class Floor implements Peer {
  private record Held(String token, long endsAt) {}

  private volatile Held held;

  Floor(StandInEndpoint endpoint) throws IOException {
    Issued first = endpoint.issue();
    held = new Held(first.accessToken(), System.nanoTime() + first.expiresIn().toNanos());
  }

  @Override
  public String token() {
    Held h = held;
    if (h.endsAt - System.nanoTime() > 0) return h.token;
    throw new IllegalStateException("expired");
  }
}
