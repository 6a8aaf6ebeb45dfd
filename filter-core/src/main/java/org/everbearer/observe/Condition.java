package org.everbearer.observe;

/** How the application's own tokens are, in one word. */
enum Condition {
  /** Nothing has been heard yet. */
  STARTING,
  /** Each user has tokens of their own; there is no one state. */
  PER_USER,
  /** The client passes on the token of each inbound request and has none of its own. */
  RELAYING,
  /** A valid token, and no trouble. */
  VALID,
  /** A valid token, and the next one is being fetched. */
  REFRESHING,
  /** A valid token, but refreshing it fails. */
  FAILING,
  /** No valid token, and no trouble: the next call fetches one. */
  EXPIRED,
  /** No valid token; one is being fetched. */
  FETCHING,
  /** No valid token, and none can be had for now. */
  DOWN,
  /** The refresh token was rejected: only new tokens help. */
  DEAD
}
