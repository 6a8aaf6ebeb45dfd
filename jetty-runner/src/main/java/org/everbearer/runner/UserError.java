package org.everbearer.runner;

/** Something that the person at the terminal can put right; the message says what and how, in one line. */
public final class UserError extends Exception {
  private static final long serialVersionUID = 1;
  public static final int USAGE = 2;
  public static final int FAILURE = 1;

  private final int exitCode;

  private UserError(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The command line is wrong. */
  public static UserError usage(String message) {
    return new UserError(message, USAGE);
  }

  /** The command line is right, and yet it cannot be done. */
  public static UserError failure(String message) {
    return new UserError(message, FAILURE);
  }

  public int exitCode() {
    return exitCode;
  }
}
