package org.everbearer;

/** New tokens that the store does not have yet. Immutable. */
final class UnsavedTokens {
  final TokenRecord record;
  /** Hash of the newest refresh token of this line that the store has seen: what may be overwritten by it. */
  final String baseHash;

  UnsavedTokens(TokenRecord record, String baseHash) {
    this.record = record;
    this.baseHash = baseHash;
  }

  /**
   * Whether these tokens may replace what the store holds. They may if the store still stands at the refresh token from
   * which this line was made, whatever became of the attempt; or if it holds another answer to the same token, which
   * was asked for earlier: of two answers the later one is the one that the server stands by.
   */
  boolean mayReplace(TokenRecord stored) {
    if (stored.isCleared()) return false;
    boolean answered = stored.phase() == TokenRecord.Phase.IDLE && baseHash.equals(stored.spentHash());
    return answered ? stored.fence() < record.fence() : baseHash.equals(stored.refreshHash());
  }
}
