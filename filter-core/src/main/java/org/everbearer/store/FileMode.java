package org.everbearer.store;

/** Who may access the files of a store beside the user that the server runs as. */
public enum FileMode {
  /** Nobody: mode 0600, and a file that is open to others is refused. */
  OWNER,
  /**
   * Its group, as far as the file that is there allows it: mode 0660, 0640 or 0600. For a Kubernetes {@code fsGroup}, for
   * servers that run as several users of one group, and for a {@code .env} that other tools read.
   */
  GROUP
}
