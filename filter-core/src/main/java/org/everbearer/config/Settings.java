package org.everbearer.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.everbearer.config.Setting.Place;

/**
 * The parameters of one client while they are read: what was given, what it was parsed to, and what is wrong. A value
 * that is wrong counts as given, so that it is reported once and not also as missing. Confined to one thread until
 * published in a {@link ClientConfig}, and not changed after that.
 */
final class Settings {
  private final ConfigSource source;
  private final References references;
  private final Map<Parameter<?>, Setting> given = new LinkedHashMap<>();
  private final Map<Parameter<?>, Object> values = new HashMap<>();
  private final Map<Parameter<?>, String> texts = new HashMap<>();
  private final Set<Parameter<?>> literalSecrets = new HashSet<>();
  private final List<String> problems;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> openReferences = new ArrayList<>();

  Settings(ConfigSource source) {
    this.source = source;
    this.references = new References(source);
    Overrides overrides = new Overrides(source);
    this.problems = overrides.unknownNames();
    Map<Parameter<?>, Setting> written = overrides.settings();
    read(Parameters.PROTOCOL, written.remove(Parameters.PROTOCOL));
    readDefault(Parameters.PROTOCOL);
    written.forEach(this::readIfApplicable);
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) readDefault(parameter);
  }

  /** Null if the protocol itself is wrong. */
  Protocol protocol() {
    ProtocolChoice choice = get(Parameters.PROTOCOL);
    return choice == null ? null : choice.protocol();
  }

  /** The value, or its default; null if there is neither, or if it is wrong. */
  @SuppressWarnings("unchecked") // put() is the only way in
  <T> T get(Parameter<T> parameter) {
    return (T) values.get(parameter);
  }

  /** Sets a default that depends on other parameters. */
  <T> void putDefault(Parameter<T> parameter, T value) {
    if (!isGiven(parameter)) put(parameter, value);
  }

  /** Whether somebody wrote a value, right or wrong. */
  boolean isGiven(Parameter<?> parameter) {
    return given.containsKey(parameter);
  }

  boolean isWrong(Parameter<?> parameter) {
    return isGiven(parameter) && !values.containsKey(parameter);
  }

  /** Null if nobody wrote one. */
  Setting setting(Parameter<?> parameter) {
    return given.get(parameter);
  }

  /** Secrets that stand in the deployment descriptor itself. */
  Set<Parameter<?>> literalSecrets() {
    return literalSecrets;
  }

  ConfigSource source() {
    return source;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  /** Parameters whose values only the container knows; they count as given. */
  List<String> openReferences() {
    return openReferences;
  }

  /** One more thing that is wrong with this parameter. */
  void problem(Parameter<?> parameter, String rule) {
    problems.add(label(parameter) + ": " + rule);
  }

  /** The parameter with its value, which never is a secret's, and the place it comes from. */
  String label(Parameter<?> parameter) {
    Setting setting = given.get(parameter);
    if (setting == null) return parameter.name();
    String text = texts.getOrDefault(parameter, setting.raw());
    return parameter.name() + (parameter.isSecret() ? " (value not shown, " : " = " + Shown.value(text) + " (")
        + setting.where() + ")";
  }

  /** All parameters with an effect: the value (a secret's fingerprint), and the place of what is no default. */
  List<String> effective() {
    List<String> all = new ArrayList<>();
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      Object value = values.get(parameter);
      Setting setting = given.get(parameter);
      boolean counts = setting != null || parameter.appliesTo(protocol()) && Cautions.idleWith(this, parameter) == null;
      if (value == null || !counts) continue;
      String text = texts.get(parameter);
      String plain = text == null ? Shown.spelled(value) : text;
      String shown = parameter.isSecret() ? Shown.secret(plain) : Shown.plain(plain);
      all.add(parameter.name() + "=" + shown + (setting == null ? "" : " (" + setting.where() + ")"));
    }
    return all;
  }

  private void readIfApplicable(Parameter<?> parameter, Setting setting) {
    Protocol protocol = protocol();
    if (setting.raw().isEmpty() || protocol == null || parameter.appliesTo(protocol)) {
      read(parameter, setting);
    } else if (setting.place() != Place.CONTEXT_PARAM) { // context-params speak to all clients, whatever their protocol
      given.put(parameter, setting);
      problem(parameter, "has no meaning with protocol=" + get(Parameters.PROTOCOL) + "; remove it");
      given.remove(parameter);
    }
  }

  private <T> void read(Parameter<T> parameter, Setting setting) {
    if (setting == null || setting.raw().isEmpty()) return;
    given.put(parameter, setting);
    if (setting.raw().contains("${")) {
      problem(parameter, "holds ${, which a container or a build may have been meant to replace and did not; write"
          + " #{env:NAME}, #{sys:NAME}, #{file:PATH}, #{jndi:NAME} or #{dotenv:PATH#KEY}, or put a value that really"
          + " holds ${ into one of these places");
      return;
    }
    References.Resolved resolved = references.resolve(setting.raw());
    for (String problem : resolved.problems) problem(parameter, problem);
    if (!resolved.problems.isEmpty()) return;
    if (!resolved.open.isEmpty()) {
      openReferences.add(label(parameter) + ": " + String.join(" and ", resolved.open)
          + " can only be resolved in the container");
      return;
    }
    String text = resolved.text();
    if (text.isEmpty()) {
      given.remove(parameter);
      return;
    }
    texts.put(parameter, text);
    if (resolved.literal && parameter.isSecret() && setting.inDescriptor()) literalSecrets.add(parameter);
    if (resolved.brokenLine) problem(parameter, "holds a reference that yields a line break within a line");
    else parse(parameter, text);
  }

  private <T> void parse(Parameter<T> parameter, String text) {
    try {
      put(parameter, parameter.parse(text, source));
    } catch (IllegalArgumentException e) {
      problem(parameter, e.getMessage());
    }
  }

  private <T> void readDefault(Parameter<T> parameter) {
    if (parameter.defaultText() != null) putDefault(parameter, parameter.parse(parameter.defaultText(), source));
  }

  private <T> void put(Parameter<T> parameter, T value) {
    values.put(parameter, value);
  }
}
