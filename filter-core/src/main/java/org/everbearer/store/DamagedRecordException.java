package org.everbearer.store;

import java.io.IOException;

/** What was read is no record at all, so no key, setting or newer version of the library will make it one. */
final class DamagedRecordException extends IOException {
  private static final long serialVersionUID = 1;

  /** The message says what is wrong with the text without quoting it: it may hold tokens. */
  DamagedRecordException(String message) {
    super(message);
  }
}
