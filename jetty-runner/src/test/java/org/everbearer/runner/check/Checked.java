package org.everbearer.runner.check;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.everbearer.runner.UserError;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the command has said. */
record Checked(int exitCode, String out) {

  static Checked run(String... arguments) throws UserError {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int exitCode = CheckCommand.run(List.of(arguments), new PrintStream(bytes, true, UTF_8));
    return new Checked(exitCode, bytes.toString(UTF_8));
  }

  Checked isFine() {
    assertEquals(0, exitCode, out);
    assertFalse(out.contains("PROBLEM"), out);
    return this;
  }

  /** There are this many problems. */
  Checked hasProblems(int count) {
    assertEquals(count, out.lines().filter(line -> line.startsWith("  PROBLEM  ")).count(), out);
    assertEquals(1, exitCode, out);
    return this;
  }

  Checked says(String... parts) {
    for (String part : parts) assertTrue(out.contains(part), part + "\nis not in:\n" + out);
    return this;
  }

  Checked never(String... parts) {
    for (String part : parts) assertFalse(out.contains(part), part + "\nis in:\n" + out);
    return this;
  }
}
