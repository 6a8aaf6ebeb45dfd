package org.everbearer.benchmarks;

import java.time.Duration;
import org.everbearer.RefreshCoordinator;
import org.everbearer.TokenSet;
import org.everbearer.benchmarks.peers.CaffeineCache;
import org.everbearer.benchmarks.peers.Everbearer;
import org.everbearer.benchmarks.peers.Issued;
import org.everbearer.benchmarks.peers.SpringSecurity;
import org.everbearer.benchmarks.peers.StandInEndpoint;

/** 1,000 users whose tokens have all expired, eight callers each, all at once. */
final class UsersTable {
  private static final int USERS = 1000;
  private static final int CALLS = 8;
  private static final int[] WIDTHS = {32, 250};

  private UsersTable() {}

  static void measure(Report report) throws Exception {
    report.columns("1,000 users × 8 callers", "refreshes", "slowest caller, ms", "bulkhead's limit, ms",
        "× limit", "failures");
    for (int width : WIDTHS) {
      StandInEndpoint endpoint = endpoint();
      Callers.Outcome outcome = everbearer(width, endpoint);
      double limit = Math.ceil(USERS / (double) width) * StampedeTable.REFRESH.toMillis();
      report.row("Everbearer, maxConcurrentRefreshes " + width, endpoint.calls(), outcome.slowestMillis(), limit,
          outcome.slowestMillis() / limit, outcome.failures());
    }
    StandInEndpoint forSpring = endpoint();
    Callers.Outcome spring = spring(forSpring);
    report.row("Spring Security", forSpring.calls(), spring.slowestMillis(), "–", "–", spring.failures());
    StandInEndpoint forCaffeine = endpoint();
    Callers.Outcome caffeine = caffeine(forCaffeine);
    report.row("Caffeine", forCaffeine.calls(), caffeine.slowestMillis(), "–", "–", caffeine.failures());
    report.note("A refresh takes 100 ms; 8,000 platform threads. The bulkhead's limit is what 1,000 refreshes take at"
        + " so many at a time; 32 is the default. Spring and Caffeine have no bulkhead: they send all they have to the"
        + " server at once.");
  }

  private static StandInEndpoint endpoint() {
    return new StandInEndpoint().lifetime(Duration.ofSeconds(1));
  }

  private static void expire(StandInEndpoint endpoint) throws InterruptedException {
    Thread.sleep(1100);
    endpoint.lifetime(Duration.ofHours(1)).latency(StampedeTable.REFRESH).forgetCalls();
  }

  private static Callers.Outcome everbearer(int width, StandInEndpoint endpoint) throws Exception {
    try (RefreshCoordinator coordinator =
        Everbearer.builder(endpoint).background(false).maxConcurrentRefreshes(width).build()) {
      for (int user = 0; user < USERS; user++) {
        Issued first = endpoint.issue();
        coordinator.storeTokens("user-" + user, TokenSet.of(first.accessToken(), first.refreshToken()));
      }
      expire(endpoint);
      return Callers.platform(USERS * CALLS, caller -> coordinator.source("user-" + caller % USERS).token());
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
