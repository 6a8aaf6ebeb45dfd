package org.everbearer.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.everbearer.cluster.NodeLog.Failed;
import org.everbearer.cluster.NodeLog.Flight;
import org.everbearer.cluster.NodeLog.Held;
import org.everbearer.cluster.NodeLog.Refreshed;

/**
 * What came of a run, computed from all that the processes have said.
 *
 * <p><b>A caller failed while some node held a valid token</b> if it got an exception though its own process had a valid
 * token all the while, or though at any moment of the last second before the exception some other process had one. The
 * second is what a node may take to learn of another's token: it looks every half second, whatever failed.
 *
 * <p><b>Refreshes for each lifetime</b>: each refresh tells for how long its token is to be served before the next one,
 * that is its lifetime without the margin. The run's length divided by the mean of that is how many tokens there should
 * have been if a refresh took no time. What it does take is left out of the length: flights from the first presentation
 * to the save, takeovers from the owner's death to the next refresh, and times in which no node was up.
 *
 * <p><b>Unseen rotations</b>: those of which no process has served the token. A process that dies between the server's
 * commit and the save costs one, if its token is over when another process learns of it.
 */
final class Verdict {
  private static final long TO_LEARN_OF_IT = 1000;
  /** A replay may bring a token that is over already, which is then served until it is rejected. */
  private static final long NO_TOKEN_LIVES_SO_LONG = 10_000;

  final List<Failed> failures = new ArrayList<>();
  final List<Failed> needless = new ArrayList<>();
  final long calls;
  final long overdue;
  final long longestOverdue;
  final int unclear;
  /** How many different tokens were taken up, and how many there should have been. */
  final int tokens;
  final double expected;
  final long unseen;
  final int killsInFlight;
  private final String text;

  Verdict(Cluster cluster, long from, long until, long rotations) {
    long ok = 0;
    long late = 0;
    long latest = 0;
    int ambiguous = 0;
    for (NodeLog log : cluster.logs) {
      ok += log.ok;
      late += log.overdue;
      latest = Math.max(latest, log.longestOverdue);
      ambiguous += log.unclear;
      failures.addAll(log.failures);
    }
    calls = ok;
    killsInFlight = cluster.killsInFlight.size();
    overdue = late;
    longestOverdue = latest;
    unclear = ambiguous;
    for (Failed failure : failures) {
      if (isNeedless(failure, cluster.logs)) needless.add(failure);
    }
    Spans unserved = unserved(cluster, from, until);
    long spent = unserved.within(from, until);
    double fresh = meanFresh(cluster.logs);
    tokens = (int) cluster.logs.stream().flatMap(log -> log.held.stream()).filter(held -> held.from() > from)
        .map(Held::token).distinct().count() - 1; // one that was there before
    expected = (until - from - spent) / fresh;
    unseen = rotations - tokens;
    text = String.format(Locale.ROOT, "%d nodes, %.1f s: %d processes killed (%d of them in flight; in %d seconds too few"
            + " were up); %d calls served, %d failed (%d needlessly); %d tokens where %.1f make one for each"
            + " lifetime of %.0f ms: ratio %.3f (%.1f s left out for flights, takeovers and times without a node; with"
            + " them %.3f); %d rotations unseen; %d calls served a token after its end (by at most %d ms); %d answers"
            + " unclear%s",
        cluster.nodes(), (until - from) / 1000.0, cluster.kills, cluster.killsInFlight.size(), cluster.missedKills,
        calls, failures.size(), needless.size(), tokens, expected, fresh, tokens / expected, spent / 1000.0,
        tokens * fresh / (until - from), unseen, overdue, longestOverdue, unclear,
        needless.isEmpty() ? "" : "; needless: " + needless.subList(0, Math.min(5, needless.size())));
  }

  private static boolean isNeedless(Failed failure, List<NodeLog> logs) {
    Spans own = new Spans();
    Spans others = new Spans();
    for (NodeLog log : logs) {
      Spans spans = log == failure.node() ? own : others;
      for (Held held : log.held) spans.add(held.from(), held.end());
    }
    return own.covers(failure.from(), failure.until())
        || others.covers(failure.until() - TO_LEARN_OF_IT, failure.until());
  }

  private static Spans unserved(Cluster cluster, long from, long until) {
    Spans up = new Spans();
    Spans unserved = new Spans();
    List<Long> refreshed = new ArrayList<>();
    for (NodeLog log : cluster.logs) {
      log.held.stream().mapToLong(Held::from).min().ifPresent(first -> up.add(first, Math.min(until, log.endedAt)));
      for (Flight flight : log.flights) unserved.add(flight.from(), flight.until());
      for (Refreshed refresh : log.refreshes) refreshed.add(refresh.at());
    }
    for (long killed : cluster.killsInFlight) {
      long next = refreshed.stream().mapToLong(Long::longValue).filter(at -> at > killed).min().orElse(until);
      unserved.add(killed, next);
    }
    unserved.addAll(up.gaps(from, until));
    return unserved;
  }

  private static double meanFresh(List<NodeLog> logs) {
    return logs.stream().flatMap(log -> log.refreshes.stream()).mapToLong(Refreshed::fresh)
        .filter(fresh -> fresh < NO_TOKEN_LIVES_SO_LONG).average().orElse(0);
  }

  @Override
  public String toString() {
    return text;
  }
}
