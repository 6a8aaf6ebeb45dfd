package org.everbearer.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

final class TomcatDeployed implements Deployed {
  private final Tomcat tomcat;
  private final Context context;

  private TomcatDeployed(Tomcat tomcat, Context context) {
    this.tomcat = tomcat;
    this.context = context;
  }

  static TomcatDeployed of(WebApp app) throws Exception {
    Path base = Files.createTempDirectory(Files.createDirectories(Path.of("target", "tomcat")), "base").toAbsolutePath();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getConnector().setProperty("maxThreads", Integer.toString(app.threads));
    tomcat.getConnector().setProperty("minSpareThreads", "1");
    Context context = tomcat.addContext("", Files.createDirectories(base.resolve("webapp")).toString());
    context.addServletContainerInitializer(new TokensShutdown(), null);
    context.addServletContainerInitializer(new ContextParamClient(), null);
    app.contextParams.forEach(context::addParameter);
    for (Class<? extends ServletContextListener> listener : app.listeners) {
      context.addApplicationListener(listener.getName());
    }
    app.undeclaredListeners.forEach(((StandardContext) context)::addApplicationLifecycleListener);
    if (app.believesProxies) context.getPipeline().addValve(new RemoteIpValve());
    if (app.http2) tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
    for (WebApp.Declared declared : app.filters) declare(context, declared);
    app.servlets.forEach((pattern, servlet) -> {
      Wrapper wrapper = Tomcat.addServlet(context, pattern, servlet);
      wrapper.setAsyncSupported(true);
      if (servlet instanceof TokenStatusServlet) app.statusParams.forEach(wrapper::addInitParameter);
      wrapper.addMapping(pattern);
    });
    Throwable failure = start(tomcat);
    if (context.getState().isAvailable()) return new TomcatDeployed(tomcat, context);
    new TomcatDeployed(tomcat, context).close();
    if (failure instanceof Exception) throw (Exception) failure;
    throw new IllegalStateException("Tomcat has not said why", failure);
  }

  private static void declare(Context context, WebApp.Declared declared) {
    FilterDef def = new FilterDef();
    def.setFilterName(declared.name());
    def.setFilterClass(declared.className());
    def.setAsyncSupported("true");
    for (Map.Entry<String, String> param : declared.params().entrySet()) {
      def.addInitParameter(param.getKey(), param.getValue());
    }
    context.addFilterDef(def);
    FilterMap map = new FilterMap();
    map.setFilterName(declared.name());
    map.addURLPattern(declared.pattern());
    for (DispatcherType dispatcher : declared.dispatchers()) map.setDispatcher(dispatcher.name());
    context.addFilterMap(map);
  }

  /** Tomcat only logs why a context does not start. */
  private static Throwable start(Tomcat tomcat) throws Exception {
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Handler handler = new Handler() {
      @Override
      public void publish(LogRecord record) {
        if (record.getThrown() != null) thrown.add(record.getThrown());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
    Logger logger = Logger.getLogger("org.apache.catalina");
    logger.addHandler(handler);
    try {
      tomcat.start();
    } finally {
      logger.removeHandler(handler);
    }
    return thrown.isEmpty() ? null : thrown.get(0);
  }

  @Override
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public ServletContext context() {
    return context.getServletContext();
  }

  @Override
  public void expireSessions() {
    context.getManager().backgroundProcess();
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }
}
