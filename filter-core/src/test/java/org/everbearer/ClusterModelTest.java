package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Two nodes, one store, one server with rotation and reuse detection: every interleaving, up to a bound, of their
 * reads, writes, calls and replies, with crashes, pauses and lost replies at every point.
 *
 * <p>Invariants, checked after every run and named where they are checked:
 *
 * <ol>
 *   <li>NO_REUSE: the server never sees a spent refresh token outside its grace window.
 *   <li>NO_LOSS: when everything has come to rest, the store holds a pair that the server stands by.
 *   <li>RECOVERY: every surviving node has a valid token again without help.
 *   <li>ONE_PRESENTATION: without faults the refresh token is presented exactly once, whoever does it.
 *   <li>NO_RESURRECTION: a refresh that is on its way when a new family is stored cannot bring back the old one.
 *   <li>RENEWED: a process that lives keeps its lease for as long as a call may take, so nobody presents the token too.
 * </ol>
 */
class ClusterModelTest {
  /** As many as a build can spare; the property is for a machine that has a night. */
  private static final int RUNS = Integer.getInteger("everbearer.model.runs", 2_000);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration ATTEMPT = Duration.ofSeconds(5);
  /** Longer than a lease lasts unrenewed, and longer than it can last at all; shorter than the grace. */
  private static final Duration[] PAUSES = {Duration.ofSeconds(4), Duration.ofSeconds(12)};

  private final UnaryOperator<ModelServer> samePairInTheGrace = server -> {
    server.grace = GRACE;
    return server;
  };
  private final UnaryOperator<ModelServer> newPairInTheGrace = server -> {
    server.grace = GRACE;
    server.newPairPerReplay = true;
    return server;
  };
  private final UnaryOperator<ModelServer> noGrace = server -> server;
  private final UnaryOperator<ModelServer> noGraceNoRevocation = server -> {
    server.revokesOnReuse = false;
    return server;
  };

  @Test
  void everyInterleavingWithoutFaults_rotatesOnce() {
    int runs = new Explorer(100_000).explore(choices -> {
      Cluster cluster = new Cluster(choices, noGrace, Faults.NONE);
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "ONE_PRESENTATION" + cluster.history());
    });
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithALostReply_keepsTheFamily() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, samePairInTheGrace, new Faults().losses(1)).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithACrash_keepsTheFamily() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, samePairInTheGrace, new Faults().crashes(1)).play());
    assertTrue(runs > 200, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithAPauseLongerThanTheLease_keepsTheFamily() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, samePairInTheGrace, new Faults().pauses(1, "")).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void lostReplyCrashAndPauseTogether_keepTheFamily() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, samePairInTheGrace, new Faults().losses(1).crashes(1).pauses(1, "")).play());
    assertTrue(runs > 1_000, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingOfACallThatTakesLongerThanALease_presentsOnce() {
    int runs = new Explorer(RUNS).explore(choices -> {
      Cluster cluster = new Cluster(choices, samePairInTheGrace, new Faults().slowCalls(1, ATTEMPT));
      cluster.play();
      assertEquals(1, cluster.server.calls, () -> "RENEWED" + cluster.history());
    });
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  /** The process lives and would renew for ever, but its call hangs: the family is not to hang with it. */
  @Test
  void everyInterleavingOfACallThatHangs_givesTheLeaseUp() {
    int runs = new Explorer(RUNS).explore(choices -> {
      Cluster cluster = new Cluster(choices, samePairInTheGrace, new Faults().slowCalls(1, PAUSES[1]));
      cluster.play();
      assertEquals(2, cluster.server.calls, () -> "RENEWED" + cluster.history());
    });
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  /** Two answers to one token: the one that was asked for later must win, whoever saves first. */
  @Test
  void pausedOwnerWithAnOlderAnswer_doesNotReplaceTheNewerOne() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, newPairInTheGrace, new Faults().pauses(1, "commit")).play());
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  /** The other node was told "invalid_grant" for a token that the paused owner had spent with success. */
  @Test
  void pausedOwnerWithTheOnlyAnswer_revivesTheFamilyThatWasDeclaredDead() {
    int runs = new Explorer(RUNS).explore(choices ->
        new Cluster(choices, noGraceNoRevocation, new Faults().pauses(1, "")).play());
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  @Test
  void newFamilyStoredDuringARefresh_alwaysWins() {
    int runs = new Explorer(RUNS).explore(choices -> {
      Cluster cluster = new Cluster(choices, noGrace, Faults.NONE);
      cluster.signInWhileRefreshing();
    });
    assertTrue(runs > 20, "interleavings: " + runs);
  }

  /** How many of each kind the choices may still spend. */
  private static final class Faults {
    static final Faults NONE = new Faults();
    private int losses;
    private int crashes;
    private int pauses;
    private int slowCalls;
    private Duration slowCall;
    private String pausePoint = "";

    Faults losses(int n) {
      losses = n;
      return this;
    }

    Faults crashes(int n) {
      crashes = n;
      return this;
    }

    Faults slowCalls(int n, Duration length) {
      slowCalls = n;
      slowCall = length;
      return this;
    }

    /** @param point where a node may stand still; empty for everywhere */
    Faults pauses(int n, String point) {
      pauses = n;
      pausePoint = point;
      return this;
    }
  }

  /** The nodes' real code on threads of their own, of which one runs at a time: the one that the choices say. */
  private static final class Cluster {
    private final Choices choices;
    private final VirtualTime time = new VirtualTime();
    private final ModelServer server = new ModelServer(time);
    private final MemoryTokenStore medium = new MemoryTokenStore(time);
    private final List<Actor> actors = new ArrayList<>();
    /** The actors, and those that renew the leases of their nodes. */
    private final List<Actor> threads = new ArrayList<>();
    private final List<String> history = new ArrayList<>();
    private final Faults faults;

    Cluster(Choices choices, UnaryOperator<ModelServer> kind, Faults faults) {
      this.choices = choices;
      this.faults = faults;
      kind.apply(server);
    }

    /** One thread refreshes, another hands over the pair of a new sign-in; on one node. */
    void signInWhileRefreshing() {
      TokenSet old = server.signIn();
      medium.compareAndSet("test", 0, TokenRecord.builder().tokens(null, old.refreshToken()).build());
      Actor refreshing = new Actor("refreshing");
      Actor signingIn = new Actor("signing in", refreshing);
      TokenSet anew = TokenSet.of("new-access", "new-refresh").expiresIn(Duration.ofHours(1));
      try {
        refreshing.beginRefresh();
        signingIn.due.add(() -> store(refreshing.client, anew));
        run();
        assertEquals("new-access", medium.read("test").record().accessToken(), () -> "NO_RESURRECTION" + history());
        assertEquals("new-access", refreshing.client.application().accessTokenNow().value(),
            () -> "NO_RESURRECTION" + history());
      } finally {
        for (Actor thread : threads) thread.baton.stop();
      }
    }

    private static void store(RefreshCoordinator client, TokenSet tokens) {
      try {
        client.storeTokens(null, tokens);
      } catch (TokenException e) {
        throw new AssertionError(e);
      }
    }

    void play() {
      TokenSet first = server.signIn();
      medium.compareAndSet("test", 0, TokenRecord.builder().tokens(null, first.refreshToken()).build());
      actors.add(new Actor("one"));
      actors.add(new Actor("two"));
      try {
        for (Actor actor : actors) actor.beginRefresh();
        run();
        settle();
        check();
      } finally {
        for (Actor thread : threads) thread.baton.stop();
      }
    }

    /** Lets the choices decide who makes the next move, until nobody has one. */
    private void run() {
      for (int moves = 0; moves < 400; moves++) {
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
          mover.pause(faults.slowCall);
          continue;
        }
        history.add(mover.name + (mover.baton.isInside() ? " goes on after " + mover.baton.at : " starts a step"));
        mover.move();
      }
      throw new AssertionError("RECOVERY: the nodes never come to rest" + history());
    }

    /** Whoever survives asks for a token, with no more faults. */
    private void settle() {
      faults.losses(0).crashes(0).pauses(0, "").slowCalls(0, ATTEMPT);
      for (Actor actor : actors) actor.restartIfCrashed();
      for (int round = 0; round < 3; round++) {
        for (Actor actor : actors) actor.beginRefresh();
        run();
        time.advance(Duration.ofSeconds(4));
      }
    }

    private void check() {
      assertFalse(server.revoked, "NO_REUSE" + history());
      TokenRecord stored = medium.read("test").record();
      assertTrue(server.accepts(stored.accessToken()), "NO_LOSS: " + stored + history());
      assertTrue(server.standsBy(stored.refreshToken()), "NO_LOSS: " + stored + history());
      for (Actor actor : actors) {
        CompletableFuture<String> token = actor.client.application().tokenAsync();
        assertTrue(token.isDone() && !token.isCompletedExceptionally(), "RECOVERY of " + actor.name + history());
        assertTrue(server.accepts(token.join()), "RECOVERY of " + actor.name + history());
      }
    }

    private String history() {
      return "\n  " + String.join("\n  ", history);
    }

    /** One thread of a node: the one on which its steps run, or the one that renews its leases. */
    private final class Actor {
      private final String name;
      private final Baton baton = new Baton();
      private VirtualTime.Node node;
      private Actor renewing;
      private RefreshCoordinator client;
      private boolean crashed;
      private boolean paused;
      private long pausedAt;
      private Duration pauseLength;
      private final List<Runnable> due = new ArrayList<>();

      Actor(String name) {
        this.name = name;
        threads.add(this);
        renewing = new Actor(name + "'s lease", this);
        boot();
      }

      /** One more thread of the same node. */
      Actor(String name, Actor sameNode) {
        this.name = name;
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
            .reuseGrace(GRACE)
            .node(name)
            .time(time, new Parking(node), () -> 0)
            .build();
      }

      void beginRefresh() {
        client.application().accessTokenAsync();
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
        TokenRefresher direct = server.refresher(ATTEMPT);
        return new TokenRefresher() {
          @Override
          public TokenSet refresh(TokenSet current) throws TokenException {
            Baton.pass("before call");
            TokenSet answer = direct.refresh(current);
            Baton.pass("commit");
            if (faults.losses > 0 && choices.next(2) == 1) {
              faults.losses--;
              history.add(name + " gets no reply");
              throw new TokenException(TokenException.Reason.AMBIGUOUS, "reply lost");
            }
            return answer;
          }

          @Override
          public Duration attemptTimeout() {
            return ATTEMPT;
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
          due.add(work);
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
}
