package org.everbearer.observe;

/** What a person may have a client do. Throws {@link IllegalStateException} where it cannot be done. */
public interface Operations {
  /** Begins a refresh, and does not wait for it. */
  void refreshNow();

  /** Gives up the access token that is held. */
  void invalidate();
}
