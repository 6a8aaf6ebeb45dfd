package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.coordinator.InjectedFault.During;
import org.everbearer.coordinator.InjectedFault.End;
import org.everbearer.coordinator.InjectedFault.Point;
import org.everbearer.coordinator.InjectedNode.State;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each outward call of the coordinator ends in each way in which a call can end, in each state of a family, beside each
 * thing that somebody else may do meanwhile. What must hold after each, see {@link InjectedNode#check}:
 *
 * <ol>
 *   <li>Every flight lands, and every caller is answered within its {@code waitTimeout}.
 *   <li>The refresh token is presented by one call at a time, and never after it was spent.
 *   <li>A pair that was received is in the store or waits to be saved, and is saved in the end.
 *   <li>The next call can refresh: whatever happened once happens no more.
 *   <li>The listeners hear of each flight that asked the endpoint what came of it.
 * </ol>
 */
class FaultInjectionTest {
  private static final int CALLS = 4;
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final AtomicInteger HITS = new AtomicInteger();

  @ParameterizedTest
  @EnumSource(State.class)
  void whateverEndsHow_besideWhatever(State state) {
    List<String> broken = new ArrayList<>();
    int runs = 0;
    for (Point point : Point.values()) {
      for (End end : End.values()) {
        for (During during : During.values()) {
          for (int call = 1; call <= CALLS; call++) {
            InjectedFault fault = new InjectedFault(point, end, during, call);
            runs++;
            try {
              new InjectedNode(state, fault).play();
            } catch (Throwable e) {
              broken.add(state + ", " + fault + ": " + e);
            }
            if (fault.hasHappened()) HITS.incrementAndGet();
            else break; // there are not so many calls
          }
        }
      }
    }
    RUNS.addAndGet(runs);
    List<String> first = broken.subList(0, Math.min(12, broken.size()));
    assertEquals(0, broken.size(), () -> "broken:\n" + String.join("\n", first));
    assertTrue(runs >= Point.values().length * End.values().length * During.values().length, "runs: " + runs);
  }

  @AfterAll
  static void count() {
    System.out.println("Fault injection: " + RUNS + " combinations were run; the fault was met in " + HITS + " of them");
  }
}
