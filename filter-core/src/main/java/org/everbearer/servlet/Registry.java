package org.everbearer.servlet;

import jakarta.servlet.ServletContext;

/** Where a web application's {@link BearerTokens} are found: an attribute of its context. */
final class Registry {
  private static final String ATTRIBUTE = BearerTokens.class.getName();

  private Registry() {}

  /** Those that are there, or new ones. */
  static BearerTokens of(ServletContext context) {
    BearerTokens tokens = present(context);
    if (tokens != null) return tokens;
    // Not on the context: a container may hand out several objects for one. Nothing in here does I/O.
    synchronized (Registry.class) {
      tokens = present(context);
      if (tokens != null) return tokens;
      tokens = new BearerTokens(context);
      context.setAttribute(ATTRIBUTE, tokens);
      return tokens;
    }
  }

  /** Those that are there, or null. */
  static BearerTokens present(ServletContext context) {
    Object tokens = context.getAttribute(ATTRIBUTE);
    return tokens instanceof BearerTokens ? (BearerTokens) tokens : null;
  }

  /** Ends all clients. */
  static void close(ServletContext context) {
    BearerTokens tokens = present(context);
    if (tokens == null) return;
    context.removeAttribute(ATTRIBUTE);
    tokens.clients().close();
  }
}
