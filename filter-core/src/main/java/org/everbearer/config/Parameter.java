package org.everbearer.config;

import java.util.Set;

/**
 * One parameter of the configuration: its name, what it accepts, what holds without it, and for which protocols it means
 * anything.
 */
final class Parameter<T> {

  /** Reads one value. */
  @FunctionalInterface
  interface Syntax<T> {
    /** @throws IllegalArgumentException whose message states the rule, and never shows the value itself */
    T parse(String text, ConfigSource source);
  }

  private final String name;
  private final Set<Protocol> protocols;
  private final Syntax<T> syntax;
  private final String defaultText;
  private final boolean secret;

  Parameter(String name, Set<Protocol> protocols, Syntax<T> syntax, String defaultText, boolean secret) {
    this.name = name;
    this.protocols = protocols;
    this.syntax = syntax;
    this.defaultText = defaultText;
    this.secret = secret;
  }

  String name() {
    return name;
  }

  /** As the end of an environment variable's name. */
  String environmentName() {
    return Spelling.upperSnake(name);
  }

  boolean appliesTo(Protocol protocol) {
    return protocols.contains(protocol);
  }

  T parse(String text, ConfigSource source) {
    return syntax.parse(text, source);
  }

  /** Null if there is none, or if it depends on other parameters. */
  String defaultText() {
    return defaultText;
  }

  boolean isSecret() {
    return secret;
  }

  @Override
  public String toString() {
    return name;
  }
}
