package org.everbearer.log;

import java.io.IOException;

/** What others have thrown, made fit to be passed on: its words may be missing, or may hold a secret. */
public final class Failures {
  private static final int LONGEST_CHAIN = 20;

  private Failures() {}

  /** What it says of itself, or its class where it cannot even do that. Not redacted. */
  public static String wordsOf(Throwable thrown) {
    try {
      String words = thrown instanceof IOException && thrown.getMessage() != null ? thrown.getMessage() : thrown.toString();
      if (words != null) return words;
    } catch (Throwable wordless) {
      // Its class says something, too.
    }
    return thrown.getClass().getName();
  }

  /**
   * An {@link IOException} with these words, without the secrets in them. What was thrown is its cause, unless it or one of
   * its own causes says more than may be said.
   */
  public static IOException withoutSecrets(String before, Throwable thrown, Redaction redaction) {
    String words = before + redaction.whole(wordsOf(thrown));
    if (isClean(thrown, redaction)) {
      return thrown instanceof IOException && before.isEmpty() ? (IOException) thrown : new IOException(words, thrown);
    }
    IOException told = new IOException(words);
    try {
      told.setStackTrace(thrown.getStackTrace());
    } catch (Throwable traceless) {
      // Then it has our own.
    }
    return told;
  }

  private static boolean isClean(Throwable thrown, Redaction redaction) {
    Throwable each = thrown;
    try {
      for (int depth = 0; each != null; each = each.getCause()) {
        if (++depth > LONGEST_CHAIN || each.getSuppressed().length > 0) return false;
        String message = each.getMessage();
        if (redaction.isIn(each.toString()) || message != null && redaction.isIn(message)) return false;
      }
      return true;
    } catch (Throwable wordless) {
      return false;
    }
  }
}
