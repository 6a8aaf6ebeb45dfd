package org.everbearer.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs a scenario once for every sequence of choices, depth first, by beginning anew each time. Where there are more
 * sequences than the bound allows, half of the bound is spent in order and the rest on random sequences with a fixed
 * seed, so that deep and shallow deviations are both met.
 */
final class Explorer {
  private final int bound;

  Explorer(int bound) {
    this.bound = bound;
  }

  /** @return how many runs were made */
  int explore(Consumer<Choices> scenario) {
    List<int[]> path = new ArrayList<>();
    int runs = 0;
    do {
      int[] depth = {0};
      scenario.accept(options -> {
        if (depth[0] == path.size()) path.add(new int[] {0, options});
        int[] choice = path.get(depth[0]++);
        if (choice[1] != options) throw new AssertionError("the scenario is not deterministic");
        return choice[0];
      });
      runs++;
      while (path.size() > depth[0]) path.remove(path.size() - 1);
    } while (next(path) && runs < bound / 2);
    if (path.isEmpty()) return runs;
    Random random = new Random(42);
    for (; runs < bound; runs++) scenario.accept(random::nextInt);
    return runs;
  }

  private static boolean next(List<int[]> path) {
    while (!path.isEmpty()) {
      int[] last = path.get(path.size() - 1);
      if (++last[0] < last[1]) return true;
      path.remove(path.size() - 1);
    }
    return false;
  }
}
