package org.everbearer.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Set;

/**
 * Ends the clients of a web application whose filters never came up, because its start failed after a listener had used
 * them. Where the container does not discover it the filters' own end is what counts.
 */
public final class TokensShutdown implements ServletContainerInitializer, ServletContextListener {
  /** For the container. */
  public TokensShutdown() {}

  @Override
  public void onStartup(Set<Class<?>> ignored, ServletContext context) {
    Registry.forget(context);
    // Only here may a ServletContextListener be added by code.
    context.addListener(this);
    context.setAttribute(Clients.WATCHED, Boolean.TRUE);
  }

  @Override
  public void contextInitialized(ServletContextEvent event) {}

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    BearerTokens tokens = Registry.present(event.getServletContext());
    if (tokens != null) tokens.clients().close();
  }
}
