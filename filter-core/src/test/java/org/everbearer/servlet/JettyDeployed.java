package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextListener;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ListenerHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

final class JettyDeployed implements Deployed {
  private final Server server;
  private final ServerConnector connector;
  private final ServletContextHandler handler;

  private JettyDeployed(Server server, ServerConnector connector, ServletContextHandler handler) {
    this.server = server;
    this.connector = connector;
    this.handler = handler;
  }

  static JettyDeployed of(WebApp app) throws Exception {
    // Jetty keeps two threads for itself and one in reserve.
    Server server = new Server(new QueuedThreadPool(app.threads + 3, 1));
    HttpConfiguration configuration = new HttpConfiguration();
    if (app.believesProxies) configuration.addCustomizer(new ForwardedRequestCustomizer());
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    if (app.http2) connector.addConnectionFactory(new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
    handler.addServletContainerInitializer(new TokensShutdown());
    handler.addServletContainerInitializer(new ContextParamClient());
    app.contextParams.forEach(handler::setInitParameter);
    for (Class<? extends ServletContextListener> listener : app.listeners) {
      handler.getServletHandler().addListener(new ListenerHolder(listener));
    }
    app.undeclaredListeners.forEach(handler::addEventListener);
    for (WebApp.Declared declared : app.filters) {
      FilterHolder holder = new FilterHolder();
      holder.setName(declared.name());
      holder.setClassName(declared.className());
      holder.setInitParameters(declared.params());
      holder.setAsyncSupported(true);
      handler.addFilter(holder, declared.pattern(), EnumSet.copyOf(declared.dispatchers()));
    }
    app.servlets.forEach((pattern, servlet) -> {
      ServletHolder holder = new ServletHolder(pattern, servlet);
      holder.setAsyncSupported(true);
      if (servlet instanceof TokenStatusServlet) holder.setInitParameters(app.statusParams);
      handler.addServlet(holder, pattern);
    });
    server.setHandler(handler);
    JettyDeployed deployed = new JettyDeployed(server, connector, handler);
    try {
      server.start();
    } catch (Exception e) {
      deployed.close();
      throw e;
    }
    return deployed;
  }

  @Override
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public ServletContext context() {
    return handler.getServletContext();
  }

  @Override
  public void expireSessions() {
    handler.getSessionHandler().scavenge();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    server.destroy();
  }
}
