package org.everbearer.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.everbearer.config.Setting.Place;

/** Picks for each parameter the place that wins, and finds the names in those places that mean nothing. */
final class Overrides {
  private static final String CONTEXT_PREFIX = "everbearer.";

  private final ConfigSource source;
  private final String systemPrefix;
  private final String environmentPrefix;

  Overrides(ConfigSource source) {
    this.source = source;
    this.systemPrefix = systemPrefix(source.name());
    this.environmentPrefix = environmentPrefix(source.name());
  }

  private static String systemPrefix(String client) {
    return "everbearer." + client + ".";
  }

  private static String environmentPrefix(String client) {
    return "EVERBEARER_" + Spelling.upperSnake(client) + "_";
  }

  /** Each name in the JVM that overrides a parameter of this client, as people are told of it. */
  static Set<String> namesFor(String client) {
    Set<String> names = new LinkedHashSet<>();
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      names.add("environment variable " + environmentPrefix(client) + parameter.environmentName());
    }
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      names.add("system property " + systemPrefix(client) + parameter.name());
    }
    return names;
  }

  /** What was written where it counts; an empty value is kept, because it hides those below it. */
  Map<Parameter<?>, Setting> settings() {
    Map<Parameter<?>, Setting> settings = new LinkedHashMap<>();
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      Setting setting = setting(parameter);
      if (setting != null) settings.put(parameter, setting);
    }
    return settings;
  }

  /** One message for each name that looks like a parameter of this client and is none. */
  List<String> unknownNames() {
    List<String> problems = new ArrayList<>();
    List<String> names = Parameters.names();
    for (String name : source.systemProperties().keySet()) {
      if (!name.startsWith(systemPrefix)) continue;
      String rest = name.substring(systemPrefix.length());
      boolean another = names.contains(rest.substring(rest.lastIndexOf('.') + 1));
      if (!another) problems.add(unknown("system property " + name, rest, names, systemPrefix));
    }
    List<String> environmentNames = environmentNames();
    for (String name : source.environment().keySet()) {
      if (!name.startsWith(environmentPrefix)) continue;
      String rest = name.substring(environmentPrefix.length());
      // Of clients "chat" and "chat-api", the second one's variables begin like the first one's.
      boolean another = environmentNames.stream().anyMatch(known -> rest.equals(known) || rest.endsWith("_" + known));
      if (!another) problems.add(unknown("environment variable " + name, rest, environmentNames, environmentPrefix));
    }
    for (String name : source.initParams().keySet()) {
      if (!names.contains(name)) problems.add(unknown("init-param " + name, name, names, ""));
    }
    for (String name : source.contextParams().keySet()) {
      boolean ours = name.startsWith(CONTEXT_PREFIX) && !source.otherContextParams().contains(name);
      String rest = name.substring(ours ? CONTEXT_PREFIX.length() : 0);
      if (ours && !names.contains(rest)) {
        problems.add(unknown("context-param " + name, rest.substring(rest.lastIndexOf('.') + 1), names,
            CONTEXT_PREFIX));
      }
    }
    return problems;
  }

  private static String unknown(String what, String rest, List<String> known, String prefix) {
    String nearest = Spelling.nearest(rest, known);
    return what + ": there is no parameter of this name"
        + (nearest == null ? "; remove it" : "; did you mean " + prefix + nearest + "?");
  }

  private Setting setting(Parameter<?> parameter) {
    Setting found = in(source.systemProperties(), Place.SYSTEM_PROPERTY, systemPrefix + parameter.name());
    if (found != null) return found;
    found = in(source.environment(), Place.ENVIRONMENT, environmentPrefix + parameter.environmentName());
    if (found != null) return found;
    found = in(source.initParams(), Place.INIT_PARAM, parameter.name());
    if (found != null) return found;
    return in(source.contextParams(), Place.CONTEXT_PARAM, CONTEXT_PREFIX + parameter.name());
  }

  private static Setting in(Map<String, String> map, Place place, String name) {
    String raw = map.get(name);
    return raw == null ? null : new Setting(place, name, raw);
  }

  private static List<String> environmentNames() {
    List<String> names = new ArrayList<>();
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) names.add(parameter.environmentName());
    return names;
  }
}
