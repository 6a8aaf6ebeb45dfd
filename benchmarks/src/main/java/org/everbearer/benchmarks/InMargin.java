package org.everbearer.benchmarks;

import java.io.IOException;
import java.time.Duration;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/**
 * A peer that holds a token of an hour that ends in 200 seconds. That lies inside every peer's margin for refreshing
 * ahead (five minutes; Google 3 min 45 s), and outside every peer's margin for waiting (three minutes at most).
 */
final class InMargin {
  static final Peers[] PEERS = {Peers.EVERBEARER_ON_DEMAND, Peers.GOOGLE, Peers.AWS, Peers.AWS_NON_BLOCKING,
      Peers.AZURE, Peers.SPRING, Peers.CAFFEINE, Peers.SYNCHRONIZED, Peers.MSAL4J};

  /** After a fetch it makes no other for 30 s. */
  private static final Duration AZURE_PAUSE = Duration.ofSeconds(31);

  private InMargin() {}

  static Peer open(Peers peers, StandInEndpoint endpoint, Duration left) throws Exception {
    // A token that old was fetched long ago; azure can tell, and otherwise would not refresh at all.
    Duration ago = peers == Peers.AZURE ? AZURE_PAUSE : Duration.ZERO;
    endpoint.lifetime(left.plus(ago)).age(Duration.ofMinutes(55));
    Peer peer = peers.open(endpoint);
    // Everbearer has its first token by now, and this call would begin the refresh.
    if (peers != Peers.EVERBEARER_ON_DEMAND) peer.token();
    Thread.sleep(ago.toMillis());
    endpoint.lifetime(Duration.ofHours(1)).age(Duration.ZERO).forgetCalls();
    return peer;
  }

  static Peer open(Peers peers, StandInEndpoint endpoint) throws IOException, Exception {
    return open(peers, endpoint, Duration.ofSeconds(200));
  }
}
