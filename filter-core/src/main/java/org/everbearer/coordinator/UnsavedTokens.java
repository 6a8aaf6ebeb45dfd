package org.everbearer.coordinator;

import org.everbearer.TokenRecord;

/** New tokens that the store does not have yet. Immutable. */
final class UnsavedTokens {
  final TokenRecord record;
  /** Hash of the newest refresh token of this line that the store has seen: what may be overwritten by it. */
  final String baseHash;
  /** Of the family from which they come. */
  final int epoch;

  UnsavedTokens(TokenRecord record, String baseHash, int epoch) {
    this.record = record;
    this.baseHash = baseHash;
    this.epoch = epoch;
  }

  /**
   * Whether these tokens may replace what the store holds. They may if the store still stands at the refresh token from
   * which this line was made, whatever became of the attempt, or at an older one of the line, restored from somewhere; or
   * if it holds another answer to the same token, which was asked for earlier: of two answers the later one is the one
   * that the server stands by.
   */
  boolean mayReplace(TokenRecord stored) {
    if (stored.isCleared()) return false;
    boolean answered = stored.phase() == TokenRecord.Phase.IDLE && baseHash.equals(stored.spentHash());
    if (answered) return stored.fence() < record.fence();
    return baseHash.equals(stored.refreshHash()) || PairHistory.isRestored(stored, record);
  }
}
