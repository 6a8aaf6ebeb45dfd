package org.everbearer.config;

/** Whose tokens they are: the value of the parameter {@code identity}. */
public enum IdentityKind {
  /** One token family for the whole web application. */
  APPLICATION,
  /** One token family for each HttpSession. */
  SESSION
}
