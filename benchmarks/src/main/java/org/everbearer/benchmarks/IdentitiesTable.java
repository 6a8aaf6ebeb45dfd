package org.everbearer.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.coordinator.RefreshCoordinator;

/** A thousand to a million identities in one coordinator with the memory store: does an operation cost the same? */
final class IdentitiesTable {
  private static final int[] COUNTS = {1_000, 10_000, 100_000, 1_000_000};
  private static final int CALLS = 200_000;
  private static final int ROUNDS = 9;
  private static final int ACTIVE = 1_000;
  private static final int REFRESHES = 20_000;
  private static final int REFRESH_ROUNDS = 5;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final Duration HOUR = Duration.ofHours(1);

  private record Held(String token, long endsAt) {}

  /** What a map of one's own would hold for each identity. */
  private static final class Cell {
    volatile Held held;
  }

  private record Row(double walk, double map, double read, double active, double puts, double store, double refresh) {}

  private IdentitiesTable() {}

  static void measure(Report report) throws Exception {
    // For the compiler: all shapes of the work once.
    row(COUNTS[1]);
    row(COUNTS[0]);
    List<Row> rows = new ArrayList<>();
    report.columns("identities", "floor: a walk, ns", "floor: a map, ns", "valid token, ns", "× map",
        "× 1,000 identities", "1,000 of them active, ns", "× 1,000 identities");
    for (int count : COUNTS) {
      Row row = row(count);
      rows.add(row);
      Row first = rows.get(0);
      report.row(String.format("%,d", count), row.walk, row.map, row.read, row.read / row.map, row.read / first.read,
          row.active, row.active / first.active);
    }
    report.columns("identities", "floor: put into two maps, µs", "storeTokens of a new one, µs", "× floor",
        "× 1,000 identities", "refreshes a second", "time of one × 1,000 identities");
    for (int i = 0; i < COUNTS.length; i++) {
      Row row = rows.get(i);
      report.row(String.format("%,d", COUNTS[i]), row.puts / 1e3, row.store / 1e3, row.store / row.puts,
          row.store / rows.get(0).store, 1e9 / row.refresh, row.refresh / rows.get(0).refresh);
    }
    report.note("Random identities, one thread, its processor time; the median of " + ROUNDS + " rounds of " + CALLS
        + " calls. All floors go the same random way over the same ids. The walk reads a field of the id and the clock,"
        + " and nothing else. The map is a plain ConcurrentHashMap from the id to a token with its end, without"
        + " refreshing anything. What these cost more with more identities are misses of the processor's caches. The"
        + " active ones are 1,000 neighbours among all that are held, in random order: there the caches"
        + " suffice whatever else is held. Refreshes: " + REFRESHES + " of expired"
        + " tokens (each identity once, several batches where there are fewer), asked for by accessTokenAsync, in wall"
        + " time, against a refresher that answers at once; the median of " + REFRESH_ROUNDS
        + "; default bulkhead of 32. Heap per session: the command heap.");
  }

  private static Row row(int count) throws Exception {
    String[] ids = new String[count];
    for (int i = 0; i < count; i++) ids[i] = "9fJq0sXk2hVbT7wLrYd-" + i;
    int fillings = Math.max(1, Math.min(20, 200_000 / count));
    double store = 0;
    double puts = 0;
    for (int i = 1; i < fillings; i++) {
      puts += map(ids, new ConcurrentHashMap<>());
      try (RefreshCoordinator another = coordinator()) {
        store += fill(another, ids);
      }
    }
    try (RefreshCoordinator coordinator = coordinator()) {
      store += fill(coordinator, ids);
      ToIntFunction<String> ours = id -> length(coordinator, id);
      double read = time(ids, 0, count, ours);
      double active = time(ids, count / 2, Math.min(count, count / 2 + ACTIVE), ours);
      double walk = time(ids, 0, count, id -> System.nanoTime() == 0 ? 0 : id.length());
      Map<String, Cell> cells = new ConcurrentHashMap<>();
      puts += map(ids, cells);
      double map = time(ids, 0, ids.length, id -> {
        Held held = cells.get(id).held;
        return held.endsAt - System.nanoTime() > 0 ? held.token.length() : 0;
      });
      return new Row(walk, map, read, active, puts / fillings, store / fillings, refresh(coordinator, ids));
    }
  }

  private static RefreshCoordinator coordinator() {
    AtomicLong next = new AtomicLong();
    return RefreshCoordinator
        .builder("benchmark", current -> TokenSet.of("access", "next-" + next.incrementAndGet()).expiresIn(HOUR))
        .background(false).build();
  }

  /** Nanoseconds for one. */
  private static double fill(RefreshCoordinator coordinator, String[] ids) throws TokenException {
    long start = CLOCK.getCurrentThreadCpuTime();
    for (int i = 0; i < ids.length; i++) {
      coordinator.storeTokens(ids[i], TokenSet.of("access-" + i, "refresh-" + i).expiresIn(HOUR));
    }
    return (CLOCK.getCurrentThreadCpuTime() - start) / (double) ids.length;
  }

  /** Ours has a second map too, in which the memory store keeps what would be on disk. */
  private static double map(String[] ids, Map<String, Cell> cells) {
    Map<String, String> stored = new ConcurrentHashMap<>();
    long start = CLOCK.getCurrentThreadCpuTime();
    for (int i = 0; i < ids.length; i++) {
      Cell cell = new Cell();
      cell.held = new Held("access-" + i, System.nanoTime() + HOUR.toNanos());
      cells.put(ids[i], cell);
      stored.put("benchmark/" + ids[i], "refresh-" + i);
    }
    return (CLOCK.getCurrentThreadCpuTime() - start) / (double) ids.length;
  }

  private static int length(RefreshCoordinator coordinator, String id) {
    try {
      return coordinator.source(id).token().length();
    } catch (TokenException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nanoseconds for one of the identities from here to there. */
  private static double time(String[] ids, int from, int to, ToIntFunction<String> call) {
    double[] rounds = new double[ROUNDS];
    int sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int[] walk = ThreadLocalRandom.current().ints(CALLS, from, to).toArray();
      long start = CLOCK.getCurrentThreadCpuTime();
      for (int at : walk) sum += call.applyAsInt(ids[at]);
      rounds[round] = (CLOCK.getCurrentThreadCpuTime() - start) / (double) CALLS;
    }
    if (sum == 0) throw new IllegalStateException("nothing was read");
    return median(rounds);
  }

  private static double refresh(RefreshCoordinator coordinator, String[] ids) throws Exception {
    double[] rounds = new double[REFRESH_ROUNDS];
    int batch = Math.min(ids.length, REFRESHES);
    for (int round = 0; round < REFRESH_ROUNDS; round++) {
      for (int done = 0; done < REFRESHES; done += batch) rounds[round] += refresh(coordinator, ids, batch) / REFRESHES;
    }
    return median(rounds);
  }

  private static double refresh(RefreshCoordinator coordinator, String[] ids, int batch) throws Exception {
    // New ones each time: the coordinator knows the refresh token that it has spent last.
    long batchId = System.nanoTime();
    for (int i = 0; i < batch; i++) {
      coordinator.storeTokens(ids[i], TokenSet.of("old", "spent-" + batchId + "-" + i).expiresIn(Duration.ZERO));
    }
    List<CompletableFuture<AccessToken>> all = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < batch; i++) all.add(coordinator.source(ids[i]).accessTokenAsync());
    for (CompletableFuture<AccessToken> one : all) one.get();
    return System.nanoTime() - start;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
