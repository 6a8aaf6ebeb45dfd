package org.everbearer.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.benchmarks.peers.CaffeineCache;
import org.everbearer.benchmarks.peers.Everbearer;
import org.everbearer.benchmarks.peers.Issued;
import org.everbearer.benchmarks.peers.SpringSecurity;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.everbearer.coordinator.RefreshCoordinator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The valid token of one of 100,000 identities. A request has its session's identity at hand, so the ids are strings
 * that are kept (and their hash codes with them); which one comes next is as good as random.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Sessions {
  static final int COUNT = 100_000;
  /** So many calls are one operation; drawing the numbers beforehand keeps the draw out of the measurement. */
  private static final int MASK = (1 << 16) - 1;

  /** A thread's own sequence of users. */
  @State(Scope.Thread)
  public static class Draw {
    private final int[] users = new int[MASK + 1];
    private int at;

    @Setup
    public void draw() {
      for (int i = 0; i < users.length; i++) users[i] = ThreadLocalRandom.current().nextInt(COUNT);
    }

    int next() {
      return users[at++ & MASK];
    }
  }

  /** The same users and the same walk through memory as the others, and nothing but the two reads. */
  @State(Scope.Benchmark)
  public static class Floors {
    private record Held(String token, long endsAt) {}

    private static final class Cell {
      volatile Held held;

      String token() {
        Held now = held;
        return now.endsAt - System.nanoTime() > 0 ? now.token : null;
      }
    }

    private final String[] users = ids();
    private final Cell[] cells = new Cell[COUNT];
    private final Map<String, Cell> byUser = new ConcurrentHashMap<>();

    @Setup(Level.Trial)
    public void fill() throws Exception {
      StandInEndpoint endpoint = new StandInEndpoint();
      for (int i = 0; i < COUNT; i++) {
        cells[i] = new Cell();
        cells[i].held = new Held(endpoint.issue().accessToken(), System.nanoTime() + 3_600_000_000_000L);
        byUser.put(users[i], cells[i]);
      }
    }
  }

  /** Ours, in memory. */
  @State(Scope.Benchmark)
  public static class Ours {
    private final String[] users = ids();
    private RefreshCoordinator coordinator;

    @Setup(Level.Trial)
    public void fill() throws Exception {
      StandInEndpoint endpoint = new StandInEndpoint();
      coordinator = Everbearer.builder(endpoint).background(false).build();
      for (String user : users) {
        Issued first = endpoint.issue();
        coordinator.storeTokens(user, TokenSet.of(first.accessToken(), first.refreshToken()));
      }
    }

    @TearDown
    public void close() {
      coordinator.close();
    }
  }

  /** Spring Security. */
  @State(Scope.Benchmark)
  public static class Springs {
    private SpringSecurity spring;

    @Setup(Level.Trial)
    public void fill() throws Exception {
      spring = new SpringSecurity(new StandInEndpoint(), COUNT);
    }
  }

  /** Caffeine. */
  @State(Scope.Benchmark)
  public static class Caffeines {
    private final String[] users = ids();
    private CaffeineCache caffeine;

    @Setup(Level.Trial)
    public void fill() {
      caffeine = new CaffeineCache(new StandInEndpoint());
      for (String user : users) caffeine.token(user);
    }
  }

  @Benchmark
  public String floor(Floors state, Draw draw) {
    return state.cells[draw.next()].token();
  }

  @Benchmark
  public String map(Floors state, Draw draw) {
    return state.byUser.get(state.users[draw.next()]).token();
  }

  @Benchmark
  public String everbearer(Ours state, Draw draw) throws TokenException {
    return state.coordinator.source(state.users[draw.next()]).token();
  }

  @Benchmark
  public String spring(Springs state, Draw draw) {
    return state.spring.token(draw.next());
  }

  @Benchmark
  public String caffeine(Caffeines state, Draw draw) {
    return state.caffeine.token(state.users[draw.next()]);
  }

  private static String[] ids() {
    String[] ids = new String[COUNT];
    for (int i = 0; i < COUNT; i++) ids[i] = "9fJq0sXk2hVbT7wLrYd-" + i;
    return ids;
  }
}
