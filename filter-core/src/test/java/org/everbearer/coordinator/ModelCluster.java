package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.everbearer.TokenException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.everbearer.TokenStore;

/** The nodes' real code on threads of their own, of which one runs at a time: the one that the choices say. */
final class ModelCluster {
  static final Duration GRACE = Duration.ofSeconds(30);
  static final Duration ATTEMPT = Duration.ofSeconds(5);
  /** Longer than a lease lasts unrenewed, and longer than it can last at all; shorter than the grace. */
  static final Duration[] PAUSES = {Duration.ofSeconds(4), Duration.ofSeconds(12)};

  final Choices choices;
  final VirtualTime time = new VirtualTime();
  final ModelServer server = new ModelServer(time);
  final MemoryTokenStore medium = new MemoryTokenStore(time);
  final List<Actor> actors = new ArrayList<>();
  /** The actors, and those that renew the leases of their nodes. */
  private final List<Actor> threads = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  final ModelFaults faults;
  private final Map<String, Settings> settings = new HashMap<>();
  /** The identity server's restarts: whoever waits for its answer gets none, and for a while nobody reaches it. */
  private int restarts;
  private long downUntil;

  /** Of one node; two nodes may have others. */
  static final class Settings {
    Duration grace = GRACE;
    Duration attempt = ATTEMPT;
    TokenSet configured;
    int maxIdentities = 100;
    /** Null for the application's own tokens. */
    String identity;
  }

  ModelCluster(Choices choices, UnaryOperator<ModelServer> kind, ModelFaults faults) {
    this.choices = choices;
    this.faults = faults;
    kind.apply(server);
  }

  Actor add(String name) {
    Actor actor = new Actor(name);
    actors.add(actor);
    return actor;
  }

  Settings settings(String node) {
    return settings.computeIfAbsent(node, name -> new Settings());
  }

  /** Two nodes that know of no token yet refresh at the same time; in the end all must be well. */
  void play() {
    put("test", server.signIn());
    add("one");
    add("two");
    for (Actor actor : actors) actor.beginRefresh();
    toTheEnd();
  }

  void toTheEnd() {
    try {
      run();
      settle();
      check();
    } finally {
      stop();
    }
  }

  void stop() {
    for (Actor thread : threads) thread.baton.stop();
  }

  void put(String key, TokenSet pair) {
    medium.compareAndSet(key, 0, TokenRecord.builder().tokens(null, pair.refreshToken()).build());
  }

  /** An older record comes back: from a backup, from an editor, from configuration management. */
  void putBack(TokenRecord older) {
    medium.compareAndSet("test", medium.read("test").generation(), null);
    medium.compareAndSet("test", 0, older);
  }

  void restartServer() {
    restarts++;
    downUntil = time.nanoTime() + Duration.ofSeconds(3).toNanos();
  }

  /** What was before the run: a process that has rotated so often, and ended. @return all records that there were */
  List<TokenRecord> past(int rotations) {
    List<TokenRecord> records = new ArrayList<>();
    RefreshCoordinator process = RefreshCoordinator.builder("test", server.refresher(ATTEMPT)).store(medium)
        .firstTokens(server.signIn()).background(false).time(time, time.node(), () -> 0).build();
    quietly(process::start);
    for (int i = 0; i < rotations; i++) {
      records.add(medium.read("test").record());
      time.advance(server.lifetime);
      process.application().accessTokenAsync();
      time.run();
    }
    process.close();
    time.advance(server.lifetime);
    server.calls = 0;
    return records;
  }

  interface Action {
    void run() throws TokenException;
  }

  interface Storing {
    void run() throws IOException;
  }

  static void unchecked(Storing action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void quietly(Action action) {
    try {
      action.run();
    } catch (TokenException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets the choices decide who makes the next move, until nobody has one. */
  void run() {
    for (int moves = 0; moves < 3000; moves++) {
      List<Actor> ready = new ArrayList<>();
      for (Actor thread : threads) if (thread.isReady()) ready.add(thread);
      if (ready.isEmpty()) {
        boolean moved = time.advanceToNext(Duration.ofSeconds(20));
        time.run();
        boolean woken = false;
        for (Actor thread : threads) woken |= thread.wakeIfRested(!moved);
        if (!moved && !woken) return;
        continue;
      }
      Actor mover = ready.get(choices.next(ready.size()));
      if (faults.crashes > 0 && mover.baton.isInside() && choices.next(2) == 1) {
        faults.crashes--;
        mover.crash();
        continue;
      }
      if (faults.meddles > 0 && choices.next(2) == 1) {
        faults.meddles--;
        history.add("meanwhile: " + faults.meddlesHow);
        faults.meddling.accept(this);
        continue;
      }
      if (faults.slowStore != null && mover.isAtStore() && !mover.hasWaited) {
        mover.hasWaited = true;
        mover.pause(faults.slowStore);
        continue;
      }
      boolean mayPause = mover.baton.isInside() && mover.baton.at.contains(faults.pausePoint);
      if (faults.pauses > 0 && mayPause && choices.next(2) == 1) {
        faults.pauses--;
        Duration length = PAUSES[choices.next(PAUSES.length)];
        boolean process = choices.next(2) == 1;
        for (Actor thread : threads) {
          if (thread == mover || process && thread.node == mover.node) thread.pause(length);
        }
        continue;
      }
      if (faults.slowCalls > 0 && mover.baton.at.equals("before call")) {
        faults.slowCalls--;
        Duration longest = mover.settings.attempt.minusSeconds(1);
        boolean hangs = faults.slowCall.compareTo(PAUSES[1]) == 0;
        mover.pause(hangs || faults.slowCall.compareTo(longest) < 0 ? faults.slowCall : longest);
        continue;
      }
      history.add(mover.name + (mover.baton.isInside() ? " goes on after " + mover.baton.at : " starts a step"));
      mover.move();
    }
    throw new AssertionError("RECOVERY: the nodes never come to rest" + history());
  }

  /** Whoever survives asks for a token, with no more faults. */
  void settle() {
    faults.end();
    for (Actor actor : actors) actor.restartIfCrashed();
    for (int round = 0; round < 3; round++) {
      for (Actor actor : actors) actor.beginRefresh();
      run();
      time.advance(Duration.ofSeconds(4));
    }
  }

  void check() {
    assertFalse(server.revoked, "NO_REUSE" + history());
    TokenRecord stored = medium.read("test").record();
    assertTrue(server.accepts(stored.accessToken()), "NO_LOSS: " + stored + history());
    assertTrue(server.standsBy(stored.refreshToken()), "NO_LOSS: " + stored + history());
    for (Actor actor : actors) {
      CompletableFuture<String> token = actor.source().tokenAsync();
      assertTrue(token.isDone() && !token.isCompletedExceptionally(), "RECOVERY of " + actor.name + history());
      assertTrue(server.accepts(token.join()), "RECOVERY of " + actor.name + history());
    }
  }

  String history() {
    return "\n  " + String.join("\n  ", history);
  }

  /** One thread of a node: the one on which its steps run, or the one that renews its leases. */
  final class Actor {
    final String name;
    private final Baton baton = new Baton();
    VirtualTime.Node node;
    private Actor renewing;
    RefreshCoordinator client;
    private final Settings settings;
    /** One more worker of the same node, which takes what this one is too busy for. */
    Actor helper;
    private boolean hasWaited;
    private boolean crashed;
    private boolean paused;
    private long pausedAt;
    private Duration pauseLength;
    final List<Runnable> due = new ArrayList<>();

    Actor(String name) {
      this.name = name;
      settings = settings(name);
      threads.add(this);
      renewing = new Actor(name + "'s lease", this);
      boot();
    }

    /** One more thread of the same node. */
    Actor(String name, Actor sameNode) {
      this.name = name;
      this.settings = sameNode.settings;
      this.client = sameNode.client;
      this.node = sameNode.node;
      threads.add(this);
    }

    private void boot() {
      node = time.node();
      renewing.node = node;
      client = RefreshCoordinator.builder("test", refresher())
          .store(store())
          .background(false)
          .reuseGrace(settings.grace)
          .firstTokens(settings.configured)
          .maxIdentities(settings.maxIdentities)
          .node(name)
          .time(time, new Parking(node), () -> 0)
          .build();
    }

    void beginRefresh() {
      source().accessTokenAsync();
    }

    TokenSource source() {
      return settings.identity == null ? client.application() : client.source(settings.identity);
    }

    private boolean isAtStore() {
      return baton.at.equals("read") || baton.at.equals("before write");
    }

    boolean isReady() {
      return !crashed && !paused && (baton.isInside() || !due.isEmpty());
    }

    void pause(Duration length) {
      history.add(name + " stands still for " + length + " after " + baton.at);
      paused = true;
      pauseLength = length;
      pausedAt = time.nanoTime();
    }

    boolean wakeIfRested(boolean nothingElse) {
      if (!paused || !nothingElse && time.nanoTime() - pausedAt < pauseLength.toNanos()) return false;
      history.add(name + " wakes");
      paused = false;
      return true;
    }

    /** Up to the next point at which another node could come between. */
    void move() {
      hasWaited = false;
      if (baton.isInside()) baton.goOn();
      else baton.start(due.remove(0));
    }

    /** The whole process, wherever its other thread may be. */
    void crash() {
      history.add(name + " crashes after " + baton.at);
      node.kill();
      for (Actor thread : threads) if (thread.node == node) thread.end();
    }

    private void end() {
      crashed = true;
      due.clear();
      if (baton.isInside()) baton.abandon();
    }

    void restartIfCrashed() {
      if (!crashed) return;
      history.add(name + " restarts");
      crashed = false;
      renewing.crashed = false;
      boot();
    }

    private TokenStore store() {
      return new TokenStore() {
        @Override
        public Snapshot read(String key) {
          Baton.pass("read");
          return medium.read(key);
        }

        @Override
        public boolean compareAndSet(String key, long expected, TokenRecord next) {
          Baton.pass("before write");
          boolean written = medium.compareAndSet(key, expected, next);
          Baton.pass("after write");
          return written;
        }
      };
    }

    private TokenRefresher refresher() {
      TokenRefresher direct = server.refresher(settings.attempt);
      return new TokenRefresher() {
        @Override
        public TokenSet refresh(TokenSet current) throws TokenException {
          if (downUntil - time.nanoTime() > 0 && restarts > 0) {
            throw new TokenException(TokenException.Reason.NOT_SENT, "connection refused");
          }
          int before = restarts;
          Baton.pass("before call");
          if (faults.gatewayTimeouts > 0 && choices.next(2) == 1) {
            faults.gatewayTimeouts--;
            history.add(name + " gets a 504 for what never reached the server");
            throw new TokenException(TokenException.Reason.AMBIGUOUS, "504");
          }
          if (restarts != before) throw new TokenException(TokenException.Reason.AMBIGUOUS, "connection reset");
          TokenSet answer = direct.refresh(current);
          Baton.pass("commit");
          if (restarts != before) throw new TokenException(TokenException.Reason.AMBIGUOUS, "connection reset");
          if (faults.losses > 0 && choices.next(2) == 1) {
            faults.losses--;
            history.add(name + " gets no reply");
            throw new TokenException(TokenException.Reason.AMBIGUOUS, "reply lost");
          }
          return answer;
        }

        @Override
        public Duration attemptTimeout() {
          return settings.attempt;
        }
      };
    }

    /** Hands the node's work to its actor instead of running it. */
    private final class Parking implements Scheduler {
      private final VirtualTime.Node behind;

      Parking(VirtualTime.Node behind) {
        this.behind = behind;
      }

      @Override
      public void execute(Runnable work, Consumer<Throwable> refused) {
        boolean busy = helper != null && (baton.isInside() || !due.isEmpty());
        (busy ? helper : Actor.this).due.add(work);
      }

      @Override
      public void schedule(long delayNanos, Runnable work, Consumer<Throwable> refused) {
        behind.schedule(delayNanos, () -> due.add(work), refused);
      }

      @Override
      public Runnable alarm(long delayNanos, Runnable work) {
        return behind.alarm(delayNanos, work);
      }

      @Override
      public Runnable scheduleTimeout(long delayNanos, Runnable work) {
        return behind.scheduleTimeout(delayNanos, work);
      }

      /** On a thread of its own, which moves while the node's other one stands still. */
      @Override
      public Runnable scheduleRenewal(long delayNanos, Runnable work) {
        return behind.scheduleRenewal(delayNanos, () -> renewing.due.add(work));
      }

      @Override
      public void shutdown(Duration patience) {
        behind.shutdown(patience);
      }
    }
  }
}
