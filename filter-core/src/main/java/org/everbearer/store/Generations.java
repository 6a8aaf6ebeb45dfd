package org.everbearer.store;

import org.everbearer.TokenRecord;

/** The numbers on which compare-and-set decides. */
final class Generations {
  private Generations() {}

  static long of(TokenRecord record) {
    return record == null ? 0 : record.generation();
  }

  /** A write that does not move the generation on would let two writers succeed. */
  static void requireNewer(long expectedGeneration, TokenRecord next) {
    if (next != null && next.generation() <= expectedGeneration) {
      throw new IllegalArgumentException("generation " + next.generation() + " does not follow " + expectedGeneration);
    }
  }
}
