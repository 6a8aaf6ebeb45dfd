package org.everbearer.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;

/** One process on virtual time, before a model of an identity server and a store that can be made to fail. */
final class OneNode {
  static final Duration ATTEMPT = Duration.ofSeconds(10);

  final VirtualTime time = new VirtualTime();
  /** On which the client runs that was built last. */
  VirtualTime.Node node;
  final ModelServer server = new ModelServer(time);
  final FailingStore store = new FailingStore(time);
  private final List<TokenEvent> events = new CopyOnWriteArrayList<>();
  /** What happens between the server's commit and the answer. */
  Runnable beforeAnswer = () -> {};
  RefreshCoordinator client;

  /** Without background refresh, with margins of 10 and 2 seconds. */
  RefreshCoordinator.Builder builder() {
    return builder(asking());
  }

  /** Of a process of its own. */
  RefreshCoordinator.Builder builder(TokenRefresher refresher) {
    node = time.node();
    return RefreshCoordinator.builder("test", refresher)
        .store(store)
        .background(false)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .listener(events::add)
        .time(time, node, () -> 0);
  }

  private TokenRefresher asking() {
    TokenRefresher direct = server.refresher(ATTEMPT);
    return current -> {
      try {
        return direct.refresh(current);
      } finally {
        beforeAnswer.run();
      }
    };
  }

  TokenSource start(RefreshCoordinator.Builder builder) throws TokenException {
    client = builder.build();
    client.start();
    time.run();
    return client.application();
  }

  TokenSource startSignedIn() throws TokenException {
    return start(builder().firstTokens(server.signIn()));
  }

  /** With a token of which nothing tells when it ends. */
  TokenSource startWithOpaqueToken(AtomicBoolean down) throws TokenException {
    return start(builder(current -> {
      if (down.get()) throw new TokenException(Reason.NOT_SENT, "connection refused");
      return TokenSet.of("opaque", "R2");
    }).firstTokens(TokenSet.of(null, "R1")));
  }

  void close() {
    if (client != null) client.close();
  }

  /** What a caller gets who waits as long as it takes: a token, or the name of the {@link Reason} why there is none. */
  String token(TokenSource source) {
    CompletableFuture<String> token = source.tokenAsync();
    time.run();
    for (int i = 0; !token.isDone() && i < 400; i++) time.advance(Duration.ofMillis(100));
    if (!token.isDone()) throw new AssertionError("the caller hangs");
    return token.handle((got, failed) -> failed == null ? got : TokenException.in(failed).reason().name()).join();
  }

  /** Everything that was told, after the client's end; the listeners have heard all of it by then. */
  List<TokenEvent> told() {
    client.close();
    return events;
  }

  long told(TokenEvent.Type type) {
    return told().stream().filter(event -> event.type() == type).count();
  }

  void seconds(long n) {
    time.advance(Duration.ofSeconds(n));
  }
}
