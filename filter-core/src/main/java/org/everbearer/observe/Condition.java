package org.everbearer.observe;

/** How the application's own tokens are, in one word. */
enum Condition {
  /** Nothing has been heard yet. */
  STARTING("not used yet", "idle"),
  /** Each user has tokens of their own; there is no one state. */
  PER_USER("per user", "idle"),
  /** The client passes on the token of each inbound request and has none of its own. */
  RELAYING("relay", "idle"),
  /** A valid token, and no trouble. */
  VALID("valid", "good"),
  /** A valid token, and the next one is being fetched. */
  REFRESHING("refreshing", "good"),
  /** A valid token, but refreshing it fails. */
  FAILING("refresh fails", "warn"),
  /** No valid token, and no trouble: the next call fetches one. */
  EXPIRED("expired", "warn"),
  /** No valid token; one is being fetched. */
  FETCHING("fetching", "warn"),
  /** No valid token, and none can be had for now. */
  DOWN("no token", "bad"),
  /** The refresh token was rejected: only new tokens help. */
  DEAD("needs new tokens", "bad");

  /** Both as the live page has them. */
  final String badge;
  final String kind;

  Condition(String badge, String kind) {
    this.badge = badge;
    this.kind = kind;
  }
}
