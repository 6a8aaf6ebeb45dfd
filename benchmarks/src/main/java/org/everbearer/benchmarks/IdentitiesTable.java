package org.everbearer.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.everbearer.AccessToken;
import org.everbearer.RefreshCoordinator;
import org.everbearer.TokenSet;

/** A thousand to a million identities in one coordinator with the memory store: does an operation cost the same? */
final class IdentitiesTable {
  private static final int[] COUNTS = {1_000, 10_000, 100_000, 1_000_000};
  private static final int CALLS = 200_000;
  private static final int ROUNDS = 9;
  private static final int REFRESHES = 20_000;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final Duration HOUR = Duration.ofHours(1);

  private record Row(int count, double floor, double read, double store, double refresh) {}

  private IdentitiesTable() {}

  static void measure(Report report) throws Exception {
    report.columns("identities", "floor over the same walk, ns", "valid token, ns", "× 1,000 identities",
        "storeTokens, µs", "× 1,000", "refreshes a second", "time of one × 1,000");
    // For the compiler: all shapes of the work once.
    row(COUNTS[1]);
    row(COUNTS[0]);
    Row first = null;
    for (int count : COUNTS) {
      Row row = row(count);
      if (first == null) first = row;
      report.row(String.format("%,d", count), row.floor, row.read, row.read / first.read, row.store / 1e3,
          row.store / first.store, 1e9 / row.refresh, row.refresh / first.refresh);
    }
    report.note("Random identities, one thread, its processor time; the median of " + ROUNDS + " rounds of " + CALLS
        + " calls. The floor"
        + " visits objects in as random an order and reads a field of each and the clock: what it costs more with more"
        + " identities are cache misses. Refreshes: " + REFRESHES + " of expired tokens (each identity once, several"
        + " rounds where there are fewer), asked for by accessTokenAsync, in wall time, against a"
        + " refresher that answers at once;"
        + " default bulkhead of 32. Heap per session: see the command HeapPerSession.");
  }

  private static Row row(int count) throws Exception {
    String[] ids = new String[count];
    for (int i = 0; i < count; i++) ids[i] = "9fJq0sXk2hVbT7wLrYd-" + i;
    try (RefreshCoordinator coordinator = RefreshCoordinator
        .builder("benchmark", current -> TokenSet.of("access", "refresh-" + System.nanoTime()).expiresIn(HOUR))
        .background(false).build()) {
      long start = CLOCK.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        coordinator.storeTokens(ids[i], TokenSet.of("access-" + i, "refresh-" + i).expiresIn(HOUR));
      }
      double store = (CLOCK.getCurrentThreadCpuTime() - start) / (double) count;
      double read = read(coordinator, ids);
      return new Row(count, floor(ids), read, store, refresh(coordinator, ids));
    }
  }

  private static double read(RefreshCoordinator coordinator, String[] ids) throws Exception {
    double[] rounds = new double[ROUNDS];
    int sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int[] walk = walk(ids.length);
      long start = CLOCK.getCurrentThreadCpuTime();
      for (int at : walk) sum += coordinator.source(ids[at]).token().length();
      rounds[round] = (CLOCK.getCurrentThreadCpuTime() - start) / (double) CALLS;
    }
    if (sum == 0) throw new IllegalStateException("nothing was read");
    return median(rounds);
  }

  private static double floor(String[] ids) {
    double[] rounds = new double[ROUNDS];
    int sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int[] walk = walk(ids.length);
      long start = CLOCK.getCurrentThreadCpuTime();
      for (int at : walk) sum += System.nanoTime() > 0 ? ids[at].length() : 0;
      rounds[round] = (CLOCK.getCurrentThreadCpuTime() - start) / (double) CALLS;
    }
    if (sum < 0) throw new IllegalStateException("the clock is negative");
    return median(rounds);
  }

  private static double refresh(RefreshCoordinator coordinator, String[] ids) throws Exception {
    int batch = Math.min(ids.length, REFRESHES);
    long spent = 0;
    for (int done = 0; done < REFRESHES; done += batch) {
      for (int i = 0; i < batch; i++) {
        coordinator.storeTokens(ids[i], TokenSet.of("old", "spent-" + done + "-" + i).expiresIn(Duration.ZERO));
      }
      List<CompletableFuture<AccessToken>> all = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < batch; i++) all.add(coordinator.source(ids[i]).accessTokenAsync());
      for (CompletableFuture<AccessToken> one : all) one.get();
      spent += System.nanoTime() - start;
    }
    return spent / (double) REFRESHES;
  }

  private static int[] walk(int count) {
    return ThreadLocalRandom.current().ints(CALLS, 0, count).toArray();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
