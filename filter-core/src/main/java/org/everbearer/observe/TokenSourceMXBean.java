package org.everbearer.observe;

import java.util.Date;

/**
 * One client, as operations see it: {@code org.everbearer:type=TokenSource,context=…,client=…}. With a token per
 * user there is no one token: then what concerns one is null, and the operations refuse.
 */
public interface TokenSourceMXBean {
  /** One of STARTING, PER_USER, RELAYING, VALID, REFRESHING, FAILING, EXPIRED, FETCHING, DOWN, DEAD. */
  String getState();

  /** The state in a sentence, as in {@code Valid for 41 s; refreshes itself in 11 s.} */
  String getSummary();

  /** Whether calls are served a token. */
  Boolean getValid();

  /** Until the access token expires, negative since then; null when there is none, or nothing tells its end. */
  Double getSecondsToExpiry();

  /** When the token enters its refresh margin, or a failed refresh is tried again; null when nothing is planned. */
  Date getNextRefresh();

  /** The first eight digits of the access token's SHA-256; {@code none} when there is none. */
  String getTokenFingerprint();

  /** Refreshes that brought a new token, since the start. */
  long getRefreshCount();

  /** Refreshes that brought the token that was held already, since the start. */
  long getUnchangedCount();

  /** Refreshes that failed, since the start; none where nobody was asked. */
  long getFailureCount();

  /** How often a resource server rejected a token (401). */
  long getRejectionCount();

  /** How often a refresh that was not answered was presented again. */
  long getReplayCount();

  /** How often tokens of another node were taken over. */
  long getAdoptionCount();

  /** How often a refresh token was rejected, so that only new tokens helped. */
  long getDeadFamilyCount();

  /** Reads and writes of the store that failed, since the start. */
  long getStoreFailureCount();

  /** New tokens that could not be saved at once. */
  long getUnsavedTokenCount();

  /** Events that were not told to a listener, because it is too slow. */
  long getDroppedEventCount();

  /** How many refreshes of the application's token have failed in a row. */
  int getFailuresInARow();

  /** Since when they fail, or null. */
  Date getFailingSince();

  /** What went wrong last, whenever that was and whatever came after it; null if nothing did. */
  String getLastFailure();

  /** Its kind, as in {@code TRANSIENT}; or null. */
  String getLastFailureReason();

  /** Null if none has failed. */
  Date getLastFailureTime();

  /** Begins a refresh now, whatever the state and the back-off, and does not wait for it. */
  void refreshNow();

  /** Gives up the access token, for instance because it has leaked: the next call waits for a new one. */
  void invalidate();
}
