package org.everbearer.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Environment variables and system properties that look like overrides, and are none for any client there is. */
final class StrayOverrides {
  private final boolean nearOnly;
  private final List<String> found = new ArrayList<>();

  private StrayOverrides(boolean nearOnly) {
    this.nearOnly = nearOnly;
  }

  /**
   * One message each.
   *
   * @param clients all of the application
   * @param nearOnly leaves out what may well be meant for another application
   */
  static List<String> of(Collection<ConfigSource> clients, boolean nearOnly) {
    StrayOverrides strays = new StrayOverrides(nearOnly);
    if (clients.isEmpty()) return strays.found;
    ConfigSource around = clients.iterator().next();
    List<String> variables = new ArrayList<>();
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) variables.add(parameter.environmentName());
    List<String> variableClients = new ArrayList<>();
    List<String> propertyClients = new ArrayList<>();
    for (ConfigSource client : clients) {
      variableClients.add(Spelling.upperSnake(client.name()));
      propertyClients.add(client.name());
    }
    for (String name : new TreeSet<>(around.environment().keySet())) {
      strays.look("environment variable ", name, "EVERBEARER_", "_", variableClients, variables);
    }
    for (String name : new TreeSet<>(around.systemProperties().keySet())) {
      strays.look("system property ", name, "everbearer.", ".", propertyClients, Parameters.names());
    }
    return strays.found;
  }

  private void look(String what, String name, String prefix, String separator, List<String> clients,
      Collection<String> parameters) {
    if (!name.startsWith(prefix)) return;
    String rest = name.substring(prefix.length());
    String parameter = endOf(rest, separator, parameters);
    for (String client : clients) {
      if (!rest.startsWith(client + separator)) continue;
      // Without a parameter at its end the client itself has a problem of it.
      if (parameter == null || parameters.contains(rest.substring(client.length() + 1))) return;
    }
    if (parameter == null) {
      if (!nearOnly) found.add(what + name + ": names neither a client of this application nor a parameter");
      return;
    }
    String named = rest.equals(parameter) ? "" : rest.substring(0, rest.length() - parameter.length() - 1);
    String meant = clients.size() == 1 && named.isEmpty() ? clients.get(0) : Spelling.nearest(named, clients);
    if (nearOnly && meant == null && !named.isEmpty()) return;
    found.add(what + name + ": " + (named.isEmpty() ? "names no client" : "no client of this application is named so")
        + (meant != null ? "; did you mean " + prefix + meant + separator + parameter + "?"
            : "; it would be " + prefix + String.join(" or ", clients) + separator + parameter));
  }

  /** The longest parameter that the name ends with, or null. */
  private static String endOf(String rest, String separator, Collection<String> parameters) {
    String longest = null;
    for (String parameter : parameters) {
      boolean end = rest.equals(parameter) || rest.endsWith(separator + parameter);
      if (end && (longest == null || parameter.length() > longest.length())) longest = parameter;
    }
    return longest;
  }
}
