package org.everbearer.benchmarks.peers;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.coordinator.RefreshCoordinator;

/** Ours, as {@link RefreshCoordinator} documents it: a first pair, started, the source kept. */
public final class Everbearer implements Peer {
  private final RefreshCoordinator coordinator;
  private final TokenSource source;

  public Everbearer(StandInEndpoint endpoint, UnaryOperator<RefreshCoordinator.Builder> settings) throws IOException {
    Issued first = endpoint.issue();
    coordinator = settings.apply(builder(endpoint))
        .firstTokens(TokenSet.of(first.accessToken(), first.refreshToken()))
        .build();
    coordinator.start();
    source = coordinator.application();
  }

  /** For this endpoint, with nothing else set. */
  public static RefreshCoordinator.Builder builder(StandInEndpoint endpoint) {
    TokenRefresher refresher = current -> {
      try {
        Issued next = endpoint.issue();
        return TokenSet.of(next.accessToken(), next.refreshToken()).expiresIn(next.expiresIn());
      } catch (IOException e) {
        throw new TokenException(TokenException.Reason.TRANSIENT, e.getMessage(), e);
      }
    };
    return RefreshCoordinator.builder("benchmark", refresher);
  }

  public TokenSource source() {
    return source;
  }

  @Override
  public String token() throws TokenException {
    return source.token();
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
