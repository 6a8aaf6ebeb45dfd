package org.everbearer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 *   <li>ONE_ROTATION: without faults there is exactly one rotation, whoever makes it.
 * </ol>
 */
class ClusterModelTest {
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(12);
  private static final Duration ATTEMPT = Duration.ofSeconds(5);

  @Test
  void everyInterleavingWithoutFaults_rotatesOnce() {
    int runs = new Explorer(100_000).explore(choices -> {
      Cluster cluster = new Cluster(choices, 0, 0, 0);
      cluster.play();
      assertTrue(cluster.server.commits == 1, "ONE_ROTATION: " + cluster.server.commits + cluster.history());
    });
    assertTrue(runs > 50, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithALostReply_keepsTheFamily() {
    int runs = new Explorer(6_000).explore(choices -> new Cluster(choices, 1, 0, 0).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithACrash_keepsTheFamily() {
    int runs = new Explorer(6_000).explore(choices -> new Cluster(choices, 0, 1, 0).play());
    assertTrue(runs > 200, "interleavings: " + runs);
  }

  @Test
  void everyInterleavingWithAPauseLongerThanTheLease_keepsTheFamily() {
    int runs = new Explorer(6_000).explore(choices -> new Cluster(choices, 0, 0, 1).play());
    assertTrue(runs > 100, "interleavings: " + runs);
  }

  @Test
  void lostReplyCrashAndPauseTogether_keepTheFamily() {
    int runs = new Explorer(6_000).explore(choices -> new Cluster(choices, 1, 1, 1).play());
    assertTrue(runs > 1_000, "interleavings: " + runs);
  }

  /** The nodes' real code on threads of their own, of which one runs at a time: the one that the choices say. */
  private static final class Cluster {
    private final Choices choices;
    private final VirtualTime time = new VirtualTime();
    private final ModelServer server = new ModelServer(time);
    private final MemoryTokenStore medium = new MemoryTokenStore(time);
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> history = new ArrayList<>();
    private int lossesLeft;
    private int crashesLeft;
    private int pausesLeft;

    Cluster(Choices choices, int losses, int crashes, int pauses) {
      this.choices = choices;
      this.lossesLeft = losses;
      this.crashesLeft = crashes;
      this.pausesLeft = pauses;
      server.grace = GRACE;
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
        for (Actor actor : actors) actor.baton.stop();
      }
    }

    /** Lets the choices decide who makes the next move, until nobody has one. */
    private void run() {
      for (int moves = 0; moves < 400; moves++) {
        List<Actor> ready = new ArrayList<>();
        for (Actor actor : actors) if (actor.isReady()) ready.add(actor);
        if (ready.isEmpty()) {
          boolean moved = time.advanceToNext(Duration.ofSeconds(20));
          time.run();
          boolean woken = false;
          for (Actor actor : actors) woken |= actor.wakeIfRested(!moved);
          if (!moved && !woken) return;
          continue;
        }
        Actor mover = ready.get(choices.next(ready.size()));
        if (crashesLeft > 0 && mover.baton.isInside() && choices.next(2) == 1) {
          crashesLeft--;
          mover.crash();
          continue;
        }
        if (pausesLeft > 0 && mover.baton.isInside() && choices.next(2) == 1) {
          pausesLeft--;
          mover.pause();
          continue;
        }
        history.add(mover.name + (mover.baton.isInside() ? " goes on after " + mover.baton.at : " starts a step"));
        mover.move();
      }
      throw new AssertionError("RECOVERY: the nodes never come to rest" + history());
    }

    /** Whoever survives asks for a token, with no more faults. */
    private void settle() {
      lossesLeft = 0;
      crashesLeft = 0;
      pausesLeft = 0;
      for (Actor actor : actors) actor.restartIfCrashed();
      for (int round = 0; round < 3; round++) {
        for (Actor actor : actors) actor.beginRefresh();
        run();
        time.advance(Duration.ofSeconds(1));
      }
    }

    private void check() {
      assertFalse(server.revoked, "NO_REUSE" + history());
      TokenRecord stored = medium.read("test").record();
      assertTrue(server.accepts(stored.accessToken()), "NO_LOSS: " + stored + history());
      for (Actor actor : actors) {
        CompletableFuture<String> token = actor.client.application().tokenAsync();
        assertTrue(token.isDone() && !token.isCompletedExceptionally(), "RECOVERY of " + actor.name + history());
        assertTrue(server.accepts(token.join()), "RECOVERY of " + actor.name + history());
      }
    }

    private String history() {
      return "\n  " + String.join("\n  ", history);
    }

    /** One node: its coordinator, and the thread on which its steps run. */
    private final class Actor {
      private final String name;
      private final Baton baton = new Baton();
      private VirtualTime.Node node = time.node();
      private RefreshCoordinator client;
      private boolean crashed;
      private boolean paused;
      private long pausedAt;
      private final List<Runnable> due = new ArrayList<>();

      Actor(String name) {
        this.name = name;
        boot();
      }

      private void boot() {
        node = time.node();
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

      /** Longer than the lease, shorter than the grace. */
      void pause() {
        history.add(name + " stands still after " + baton.at);
        paused = true;
        pausedAt = time.nanoTime();
      }

      boolean wakeIfRested(boolean nothingElse) {
        if (!paused || !nothingElse && time.nanoTime() - pausedAt < PAUSE.toNanos()) return false;
        history.add(name + " wakes");
        paused = false;
        return true;
      }

      /** Up to the next point at which another node could come between. */
      void move() {
        if (baton.isInside()) baton.goOn();
        else baton.start(due.remove(0));
      }

      void crash() {
        history.add(name + " crashes after " + baton.at);
        crashed = true;
        node.kill();
        due.clear();
        baton.abandon();
      }

      void restartIfCrashed() {
        if (!crashed) return;
        history.add(name + " restarts");
        crashed = false;
        boot();
      }

      private TokenStore store() {
        return new TokenStore() {
          @Override
          public Snapshot read(String key) {
            baton.pass("read");
            return medium.read(key);
          }

          @Override
          public boolean compareAndSet(String key, long expected, TokenRecord next) {
            baton.pass("before write");
            return medium.compareAndSet(key, expected, next);
          }
        };
      }

      private TokenRefresher refresher() {
        TokenRefresher direct = server.refresher(ATTEMPT);
        return new TokenRefresher() {
          @Override
          public TokenSet refresh(TokenSet current) throws TokenException {
            baton.pass("before call");
            TokenSet answer = direct.refresh(current);
            baton.pass("commit");
            if (lossesLeft > 0 && choices.next(2) == 1) {
              lossesLeft--;
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
        public void execute(Runnable work) {
          due.add(work);
        }

        @Override
        public Runnable schedule(long delayNanos, Runnable work) {
          return behind.schedule(delayNanos, () -> due.add(work));
        }

        @Override
        public void shutdown(Duration patience) {
          behind.shutdown(patience);
        }
      }
    }
  }
}
