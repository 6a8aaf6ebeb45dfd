package org.everbearer.servlet;

import jakarta.servlet.ServletContext;

/** Where a web application's {@link BearerTokens} are found: an attribute of its context. */
final class Registry {
  private static final String ATTRIBUTE = BearerTokens.class.getName();

  private Registry() {}

  /**
   * Those that are there, or new ones: open ones while the application starts. Later than that its filters have made
   * them, or it has none, or it has ended, and a thread that outlives it must not revive its clients.
   */
  static BearerTokens of(ServletContext context) {
    BearerTokens tokens = present(context);
    if (tokens != null) return tokens;
    // Not on the context: a container may hand out several objects for one. Nothing in here does I/O.
    synchronized (Registry.class) {
      tokens = present(context);
      if (tokens != null) return tokens;
      tokens = renew(context);
      if (!isStarting(context)) tokens.clients().close();
      return tokens;
    }
  }

  /** For a filter that comes up: if those that are there are closed, the application has been started again. */
  static BearerTokens open(ServletContext context) {
    synchronized (Registry.class) {
      BearerTokens tokens = present(context);
      return tokens != null && !tokens.clients().isClosed() ? tokens : renew(context);
    }
  }

  /** Whether the context can still be changed. It has no other way to tell, and forgets its attributes at the end. */
  private static boolean isStarting(ServletContext context) {
    try {
      context.setInitParameter(ATTRIBUTE + ".early", "true");
      return true;
    } catch (UnsupportedOperationException forbidden) {
      return true; // to a listener that was added by code, and listeners are told before the context is done
    } catch (IllegalStateException started) {
      return false;
    }
  }

  private static BearerTokens renew(ServletContext context) {
    BearerTokens tokens = new BearerTokens(context);
    context.setAttribute(ATTRIBUTE, tokens);
    return tokens;
  }

  /** Those that are there, or null. */
  static BearerTokens present(ServletContext context) {
    Object tokens = context.getAttribute(ATTRIBUTE);
    return tokens instanceof BearerTokens ? (BearerTokens) tokens : null;
  }

  /** The application starts anew in a context that may remember the last time. */
  static void forget(ServletContext context) {
    context.removeAttribute(ATTRIBUTE);
  }
}
