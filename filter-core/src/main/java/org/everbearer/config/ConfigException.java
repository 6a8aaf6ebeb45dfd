package org.everbearer.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * Everything that is wrong with a configuration, at once: each problem names the parameter, its value (never a secret),
 * the rule it breaks and the remedy. The message lists them one a line.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> problems;

  ConfigException(String subject, Collection<String> problems) {
    super(message(subject, problems));
    this.problems = new ArrayList<>(problems);
  }

  /** Each problem by itself, in the order of the parameters; never empty, unmodifiable. */
  public List<String> problems() {
    return Collections.unmodifiableList(problems);
  }

  private static String message(String subject, Collection<String> problems) {
    StringBuilder text = new StringBuilder(subject)
        .append(problems.size() == 1 ? ": 1 problem in the configuration" : ": " + problems.size()
            + " problems in the configuration");
    for (String problem : problems) text.append("\n  - ").append(problem);
    return text.toString();
  }
}
