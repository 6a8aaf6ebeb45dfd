package org.everbearer.coordinator;

import java.io.IOException;

/** Saves tokens that could not be saved, in the background, until that has worked or somebody else has done it. */
final class LateSave implements Runnable {
  private final FamilyFlights family;
  private final int streak;

  private LateSave(FamilyFlights family, int streak) {
    this.family = family;
    this.streak = streak;
  }

  static void begin(FamilyFlights family) {
    new LateSave(family, 1).schedule();
  }

  private void schedule() {
    CoordinatorContext context = family.context;
    context.work.schedule(Backoff.saving(streak, context.random.getAsDouble()), this);
  }

  @Override
  public void run() {
    UnsavedTokens unsaved = family.unsaved();
    // Whoever refreshes saves it beforehand, and says so again if that fails.
    if (unsaved == null || family.isFlying()) return;
    boolean saved = false;
    try {
      new StoreAccess(family).saveUnsaved(unsaved);
      saved = true;
    } catch (IOException e) {
      // Whoever waits for it has been told when it failed for the first time.
    } finally {
      if (!saved) new LateSave(family, streak + 1).schedule();
    }
  }
}
