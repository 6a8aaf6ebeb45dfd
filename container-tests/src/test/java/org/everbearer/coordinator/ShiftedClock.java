package org.everbearer.coordinator;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** A coordinator whose machine has the wrong time; here because a builder's clocks are no public option. */
public final class ShiftedClock {
  private ShiftedClock() {}

  public static RefreshCoordinator.Builder shift(RefreshCoordinator.Builder builder, Duration ahead) {
    Ticker shifted = new Ticker() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public long currentTimeMillis() {
        return System.currentTimeMillis() + ahead.toMillis();
      }
    };
    return builder.time(shifted, null, () -> ThreadLocalRandom.current().nextDouble());
  }
}
