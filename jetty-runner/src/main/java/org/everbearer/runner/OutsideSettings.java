package org.everbearer.runner;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Settings of the shell that started the runner. Beside a stand-in server none may reach the web application: a real
 * server's refresh token would be spent, or the stand-in's pair would be written over a real one.
 */
final class OutsideSettings {
  /** Overrides of whichever client; see the library's documentation. */
  private static final String VARIABLE = "EVERBEARER_";
  private static final String PROPERTY = "everbearer.";

  private OutsideSettings() {
  }

  /**
   * @param ownNames of the settings that the runner itself makes for the sample
   * @throws UserError that names what is set, and shows no value
   */
  static void refuse(Set<String> ownNames, Collection<String> variables, Collection<String> properties)
      throws UserError {
    List<String> parts = new ArrayList<>();
    String names = matching(variables, VARIABLE, ownNames);
    if (!names.isEmpty()) parts.add("the environment sets " + names);
    names = matching(properties, PROPERTY, ownNames);
    if (!names.isEmpty()) parts.add((parts.isEmpty() ? "" : "and ") + "there are the system properties " + names);
    if (parts.isEmpty()) return;
    throw UserError.failure(String.join(" ", parts) + ", which would be mixed up with the stand-in server's; unset"
        + " that, or use the real servers with --no-stand-in");
  }

  private static String matching(Collection<String> names, String prefix, Set<String> ownNames) {
    return String.join(", ",
        names.stream().filter(name -> name.startsWith(prefix) || ownNames.contains(name)).sorted().toList());
  }
}
