package org.everbearer.runner.standin;

/** What came of presenting a refresh token. The pair is null unless tokens were granted. */
record Refresh(Outcome outcome, TokenPair pair) {
  enum Outcome {
    /** The current token, exchanged for a new pair. */
    ROTATED,
    /** A spent token within the grace, answered with the same pair as the first time. */
    REPLAYED,
    /** A spent token after the grace: somebody has a copy, so the family was revoked. */
    REUSED,
    /** A token of a family that is revoked. */
    REVOKED,
    /** Never issued here. */
    UNKNOWN
  }

  static Refresh refused(Outcome outcome) {
    return new Refresh(outcome, null);
  }
}
