package org.everbearer.coordinator;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.everbearer.AccessToken;
import org.everbearer.coordinator.InjectedFault.During;
import org.everbearer.coordinator.InjectedFault.End;
import org.everbearer.coordinator.InjectedFault.Point;
import org.everbearer.coordinator.ModelServer.Fault;
import org.everbearer.TokenEvent;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;

/** One process with one family, all of whose outward calls pass an {@link InjectedFault}. */
final class InjectedNode {
  /** In which state the family is when the fault comes. */
  enum State { FRESH, STALE, EXPIRED, REJECTED, REPLAYING, LOOKING, UNSAVED, CLOSING }

  private static final Duration WAIT = Duration.ofSeconds(15);
  private static final Duration LIFETIME = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration LATE = Duration.ofSeconds(20);

  private final State state;
  private final InjectedFault fault;
  private final VirtualTime time = new VirtualTime();
  private final VirtualTime.Node node = time.node();
  private final ModelServer server = new ModelServer(time);
  private final FailingStore medium = new FailingStore(time);
  private final ConcurrentLinkedQueue<TokenEvent> events = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<AccessToken>> callers = new ArrayList<>();
  private final RefreshCoordinator client;
  private int asking;
  private boolean cleared;
  private boolean closed;
  /** What the refresher has handed to the coordinator last, and may not get lost. */
  private String received;
  private String reports = "";

  InjectedNode(State state, InjectedFault fault) {
    this.state = state;
    this.fault = fault;
    server.lifetime = LIFETIME;
    server.grace = GRACE;
    client = RefreshCoordinator.builder("test", new Refresher())
        .store(new Store())
        .firstTokens(server.signIn())
        .reuseGrace(GRACE)
        .waitTimeout(WAIT)
        .refreshMargin(Duration.ofSeconds(10))
        .expirationMargin(Duration.ofSeconds(2))
        .listener(events::add)
        .time(time, new Hands(), () -> 0)
        .build();
  }

  void play() {
    try {
      client.start();
      time.run();
      reach();
      fault.arm();
      ask();
      for (int i = 0; i < 40; i++) time.advance(Duration.ofMillis(500));
      fault.disarm();
      Thread.interrupted();
      check();
    } catch (IOException e) {
      throw new AssertionError("nobody expects it here: " + e, e);
    } finally {
      fault.disarm();
      Thread.interrupted();
      client.close();
    }
  }

  private void reach() {
    switch (state) {
      case STALE:
        time.advance(Duration.ofMillis(49_900));
        break;
      case EXPIRED:
        node.pause();
        time.advance(LIFETIME.plusSeconds(1));
        node.goOn();
        break;
      case REJECTED:
        client.application().accepted(client.application().accessTokenNow());
        break;
      case REPLAYING:
        node.pause();
        time.advance(LIFETIME.plusSeconds(1));
        node.goOn();
        // The second replay is handed over when the fault may come.
        server.faults.add(Fault.LOST_AFTER_COMMIT);
        server.faults.add(Fault.LOST_AFTER_COMMIT);
        client.application().accessTokenAsync();
        time.run();
        break;
      case LOOKING:
        server.always = Fault.UNAVAILABLE;
        time.advance(LIFETIME.plusSeconds(30));
        server.always = Fault.NONE;
        break;
      case UNSAVED:
        medium.failWritesAfter = 1;
        time.advance(Duration.ofMillis(50_100));
        medium.failWritesAfter = Integer.MAX_VALUE;
        break;
      default:
    }
  }

  private void ask() {
    if (state == State.REJECTED) {
      callers.add(client.application().replacementFor(client.application().accessTokenNow().value()));
    }
    callers.add(client.application().accessTokenAsync());
    if (state == State.STALE) time.advance(Duration.ofMillis(200));
    if (state == State.CLOSING) close();
    time.run();
  }

  private void check() throws IOException {
    for (CompletableFuture<AccessToken> caller : callers) {
      require(caller.isDone(), "a caller is never answered");
      if (!caller.isCompletedExceptionally()) continue;
      Throwable why = caller.handle((token, failed) -> failed).join();
      require(why instanceof TokenException, "a caller got " + why);
    }
    require(!server.revoked, "a spent refresh token was presented");
    if (!closed) recover();
    // Whatever could not be saved for a while has been saved.
    if (received != null && !cleared) {
      TokenRecord stored = medium.stored("test");
      boolean kept = stored != null && (received.equals(stored.refreshToken())
          || server.standsBy(stored.refreshToken()) || stored.phase() == TokenRecord.Phase.IN_FLIGHT);
      require(kept, "the pair that was received is not in the store, but " + stored);
    }
    client.close();
    told();
  }

  /** The fault is over, and the family lives on as if nothing had been. */
  private void recover() {
    time.advance(Duration.ofSeconds(61));
    for (int round = 0; round < 2; round++) {
      CompletableFuture<Boolean> token =
          client.application().accessTokenAsync().thenApply(got -> server.accepts(got.value()));
      time.advance(WAIT);
      require(token.isDone(), "afterwards a caller hangs");
      if (cleared) {
        require(token.isCompletedExceptionally(), "tokens that were cleared have come back");
        return;
      }
      require(!token.isCompletedExceptionally(), "afterwards nothing is refreshed: "
          + token.handle((ok, failed) -> failed).join());
      require(token.join(), "the token that is served is not the server's");
      time.advance(LIFETIME.plusSeconds(1));
    }
    require(!server.revoked, "a spent refresh token was presented afterwards");
  }

  private void told() {
    long asked = events.stream().filter(e -> e.type() == TokenEvent.Type.REFRESHING).count();
    long ended = events.stream().filter(e -> e.type() == TokenEvent.Type.REFRESHED || e.type() == TokenEvent.Type.FAILED
        || e.type() == TokenEvent.Type.UNCHANGED).count();
    // One flight may be cut off by the end of the client, or by a new family.
    require(ended >= asked - (closed || fault.during != During.NOTHING ? 1 : 0),
        asked + " refreshes were begun, and of " + ended + " somebody has heard how they ended");
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise + reports);
  }

  /** What somebody else does while the call lasts, whose own work goes on meanwhile. */
  private void meanwhile() {
    if (fault.end == End.LATE) time.advance(LATE);
    try {
      switch (fault.during) {
        case STORE_TOKENS:
          client.storeTokens(null, server.signIn());
          received = null;
          cleared = false;
          break;
        case CLEAR_TOKENS:
          client.clearTokens(null);
          cleared = true;
          break;
        case INVALIDATE:
          AccessToken held = client.application().accessTokenNow();
          if (held != null) callers.add(client.application().replacementFor(held.value()));
          break;
        case REFRESH_NOW:
          callers.add(client.refreshNow(null));
          break;
        case ASK_FOR_TOKEN:
          callers.add(client.application().accessTokenAsync());
          break;
        case CLOSE:
          close();
          break;
        default:
      }
    } catch (TokenException closedOrBroken) {
      reports += "; " + closedOrBroken.getMessage();
    }
    time.run();
  }

  private void close() {
    closed = true;
    client.close();
  }

  private final class Store implements TokenStore {
    @Override
    public Snapshot read(String key) throws IOException {
      if (fault.hits(Point.READ)) {
        meanwhile();
        fault.end();
        if (fault.end == End.NULL) return null;
      }
      return medium.read(key);
    }

    @Override
    public boolean compareAndSet(String key, long expected, TokenRecord next) throws IOException {
      if (fault.hits(Point.WRITE_BEFORE)) {
        meanwhile();
        fault.end();
      }
      boolean written = medium.compareAndSet(key, expected, next);
      if (fault.hits(Point.WRITE_AFTER)) {
        meanwhile();
        fault.end();
      }
      return written;
    }

    @Override
    public void close() {
      thrownBy(Point.STORE_CLOSE);
    }
  }

  private final class Refresher implements TokenRefresher {
    @Override
    public TokenSet refresh(TokenSet current) throws TokenException {
      require(++asking == 1, "two calls present a refresh token at once");
      try {
        if (fault.hits(Point.ASK_BEFORE)) {
          meanwhile();
          end();
          if (fault.end == End.NULL) return null;
        }
        TokenSet answer = server.refresher(Duration.ofSeconds(10)).refresh(current);
        if (fault.hits(Point.ASK_AFTER)) {
          meanwhile();
          end();
        }
        received = answer.refreshToken();
        return answer;
      } finally {
        asking--;
      }
    }

    private void end() throws TokenException {
      try {
        fault.end();
      } catch (TokenException e) {
        throw e;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      thrownBy(Point.REFRESHER_CLOSE);
    }
  }

  private void thrownBy(Point point) {
    if (!fault.hits(point)) return;
    meanwhile();
    try {
      fault.end();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The scheduler, whose own calls fail, or whose work is refused when its time has come. */
  private final class Hands implements Scheduler {
    @Override
    public void execute(Runnable work, Consumer<Throwable> refused) {
      thrownBy(Point.EXECUTE);
      node.execute(handedOver(work, refused), refused);
    }

    @Override
    public void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused) {
      thrownBy(Point.SCHEDULE);
      node.schedule(delayNanos, handedOver(work, refused), refused);
    }

    private Runnable handedOver(Runnable work, Consumer<Throwable> refused) {
      return () -> {
        try {
          thrownBy(Point.HAND_OVER);
        } catch (RejectedExecutionException e) {
          refused.accept(e);
          return;
        } catch (Throwable noThread) {
          refused.accept(noThread);
          return;
        }
        work.run();
      };
    }

    @Override
    public Runnable alarm(long delayNanos, Runnable work) {
      thrownBy(Point.ALARM);
      return node.alarm(delayNanos, work);
    }

    @Override
    public Runnable scheduleRenewal(long delayNanos, Runnable work) {
      thrownBy(Point.RENEWAL);
      return node.scheduleRenewal(delayNanos, work);
    }

    @Override
    public Runnable scheduleTimeout(long delayNanos, Runnable work) {
      thrownBy(Point.TIMEOUT);
      return node.scheduleTimeout(delayNanos, work);
    }

    @Override
    public void shutdown(Duration patience) {
      node.shutdown(patience);
    }
  }
}
