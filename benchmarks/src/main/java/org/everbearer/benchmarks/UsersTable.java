package org.everbearer.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.everbearer.TokenSet;
import org.everbearer.benchmarks.peers.CaffeineCache;
import org.everbearer.benchmarks.peers.Everbearer;
import org.everbearer.benchmarks.peers.Issued;
import org.everbearer.benchmarks.peers.SpringSecurity;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.everbearer.coordinator.RefreshCoordinator;

/** 1,000 users whose tokens have all expired, eight callers each, all at once. */
final class UsersTable {
  private static final int USERS = 1000;
  private static final int CALLS = 8;
  private static final int[] WIDTHS = {32, 250};
  private static final int ROUNDS = 3;
  private static final long REFRESH_MILLIS = StampedeTable.REFRESH.toMillis();

  private UsersTable() {}

  static void measure(Report report) throws Exception {
    report.columns("1,000 users × 8 callers", "refreshes", "slowest caller, ms", "bulkhead's limit, ms",
        "× limit", "× floor", "failures");
    for (int width : WIDTHS) {
      double limit = Math.ceil(USERS / (double) width) * REFRESH_MILLIS;
      List<Round> floors = new ArrayList<>();
      List<Round> ours = new ArrayList<>();
      // In turn: what else the machine does meets both.
      for (int i = 0; i <= ROUNDS; i++) {
        AtomicLong first = new AtomicLong();
        floors.add(new Round(0, Callers.platform(USERS * CALLS, caller -> sleep(turn(caller, width), first))));
        StandInEndpoint endpoint = endpoint();
        ours.add(new Round(everbearer(width, endpoint, UsersTable::threads), endpoint));
      }
      Round floor = median(floors);
      Round our = median(ours);
      report.row("floor: sleep until one's turn, " + width + " at a time", "–", floor.slowest(), limit,
          floor.slowest() / limit, 1.0, 0);
      report.row("Everbearer, maxConcurrentRefreshes " + width, our.refreshes, our.slowest(), limit,
          our.slowest() / limit, our.slowest() / floor.slowest(), our.failures());
      Round async = rounds(endpoint -> everbearer(width, endpoint, UsersTable::asynchronously));
      report.row("the same by accessTokenAsync, one thread", async.refreshes, async.slowest(), limit,
          async.slowest() / limit, "–", async.failures());
    }
    row(report, "Spring Security", UsersTable::spring);
    row(report, "Caffeine", UsersTable::caffeine);
    report.note("A refresh takes 100 ms; 8,000 platform threads. Each row is the median of " + ROUNDS + " rounds after"
        + " one that is thrown away (refreshes and failures: the most of any). The bulkhead's limit is what 1,000"
        + " refreshes take at so many at a time; 32 is the default. The floor refreshes nothing: each thread sleeps"
        + " until the bulkhead can have served its user, so it shows what it takes to start and wake 8,000"
        + " threads on this"
        + " machine; accessTokenAsync needs none of them."
        + " Spring and Caffeine have no bulkhead: they send all they have to the server at once.");
  }

  private interface Crowd {
    Callers.Outcome meet(StandInEndpoint endpoint) throws Exception;
  }

  private record Round(int refreshes, Callers.Outcome outcome) {
    Round(Callers.Outcome outcome, StandInEndpoint endpoint) {
      this(endpoint.calls(), outcome);
    }

    double slowest() {
      return outcome.slowestMillis();
    }

    int failures() {
      return outcome.failures();
    }
  }

  private static void row(Report report, String title, Crowd crowd) throws Exception {
    Round round = rounds(crowd);
    report.row(title, round.refreshes, round.slowest(), "–", "–", "–", round.failures());
  }

  private static Round rounds(Crowd crowd) throws Exception {
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i <= ROUNDS; i++) {
      StandInEndpoint endpoint = endpoint();
      rounds.add(new Round(crowd.meet(endpoint), endpoint));
    }
    return median(rounds);
  }

  /** The round of median length, with the most refreshes and failures of any. */
  private static Round median(List<Round> rounds) {
    List<Round> counted = rounds.subList(1, rounds.size());
    List<Round> sorted = counted.stream().sorted(Comparator.comparingDouble(Round::slowest)).toList();
    Callers.Outcome middle = sorted.get(sorted.size() / 2).outcome;
    int failures = counted.stream().mapToInt(Round::failures).max().orElseThrow();
    return new Round(counted.stream().mapToInt(Round::refreshes).max().orElseThrow(),
        new Callers.Outcome(middle.slowestMillis(), middle.medianMillis(), middle.waited(), failures));
  }

  /** Until so many milliseconds after the first caller came. */
  private static void sleep(long millis, AtomicLong first) throws InterruptedException {
    first.compareAndSet(0, System.nanoTime());
    long left = millis - (System.nanoTime() - first.get()) / 1_000_000;
    if (left > 0) Thread.sleep(left);
  }

  /** Milliseconds until a bulkhead so wide has refreshed this caller's user. */
  private static long turn(int caller, int width) {
    return (caller % USERS / width + 1) * REFRESH_MILLIS;
  }

  private static StandInEndpoint endpoint() {
    return new StandInEndpoint().lifetime(Duration.ofSeconds(1));
  }

  private static void expire(StandInEndpoint endpoint) throws InterruptedException {
    Thread.sleep(1100);
    endpoint.lifetime(Duration.ofHours(1)).latency(StampedeTable.REFRESH).forgetCalls();
  }

  private interface Asking {
    Callers.Outcome of(RefreshCoordinator coordinator) throws Exception;
  }

  private static Callers.Outcome threads(RefreshCoordinator coordinator) throws Exception {
    return Callers.platform(USERS * CALLS, caller -> coordinator.source("user-" + caller % USERS).token());
  }

  private static Callers.Outcome asynchronously(RefreshCoordinator coordinator) throws Exception {
    AtomicLong slowest = new AtomicLong();
    CompletableFuture<?>[] all = new CompletableFuture<?>[USERS * CALLS];
    long start = System.nanoTime();
    for (int caller = 0; caller < all.length; caller++) {
      all[caller] = coordinator.source("user-" + caller % USERS).accessTokenAsync()
          .thenRun(() -> slowest.accumulateAndGet(System.nanoTime() - start, Math::max));
    }
    // A failed call fails the table.
    CompletableFuture.allOf(all).get();
    return new Callers.Outcome(slowest.get() / 1e6, Double.NaN, 0, 0);
  }

  private static Callers.Outcome everbearer(int width, StandInEndpoint endpoint, Asking asking) throws Exception {
    try (RefreshCoordinator coordinator =
        Everbearer.builder(endpoint).background(false).maxConcurrentRefreshes(width).build()) {
      for (int user = 0; user < USERS; user++) {
        Issued first = endpoint.issue();
        coordinator.storeTokens("user-" + user, TokenSet.of(first.accessToken(), first.refreshToken()));
      }
      expire(endpoint);
      return asking.of(coordinator);
    }
  }

  private static Callers.Outcome spring(StandInEndpoint endpoint) throws Exception {
    SpringSecurity spring = new SpringSecurity(endpoint, USERS);
    expire(endpoint);
    return Callers.platform(USERS * CALLS, caller -> spring.token(caller % USERS));
  }

  private static Callers.Outcome caffeine(StandInEndpoint endpoint) throws Exception {
    CaffeineCache caffeine = new CaffeineCache(endpoint);
    for (int user = 0; user < USERS; user++) caffeine.token("user-" + user);
    expire(endpoint);
    return Callers.platform(USERS * CALLS, caller -> caffeine.token("user-" + caller % USERS));
  }
}
