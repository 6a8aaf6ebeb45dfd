package org.everbearer.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A web application for a test, described once and deployed in either container. */
final class WebApp {
  /** The body of a servlet. */
  interface Body {
    void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  record Declared(String name, String className, Map<String, String> params, String pattern,
      Set<DispatcherType> dispatchers) {}

  final List<Declared> filters = new ArrayList<>();
  final Map<String, HttpServlet> servlets = new LinkedHashMap<>();
  final List<Class<? extends ServletContextListener>> listeners = new ArrayList<>();
  final List<ServletContextListener> undeclaredListeners = new ArrayList<>();
  final Map<String, String> contextParams = new LinkedHashMap<>();
  final Map<String, String> statusParams = new LinkedHashMap<>();
  int threads = 8;
  /** Whether the container takes the address of a request from what a proxy says. */
  boolean believesProxies;
  /** Whether it speaks HTTP/2 too. */
  boolean http2;

  /** One of ours, for REQUEST and ASYNC. */
  WebApp client(String name, Map<String, String> params, String pattern) {
    return client(name, params, pattern, EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
  }

  WebApp client(String name, Map<String, String> params, String pattern, Set<DispatcherType> dispatchers) {
    filters.add(new Declared(name, BearerTokenFilter.class.getName(), params, pattern, dispatchers));
    return this;
  }

  WebApp filter(Class<? extends Filter> type, String pattern) {
    filters.add(new Declared(type.getSimpleName(), type.getName(), Map.of(), pattern,
        EnumSet.of(DispatcherType.REQUEST)));
    return this;
  }

  WebApp servlet(String pattern, Body body) {
    servlets.put(pattern, new BodyServlet(body));
    return this;
  }

  /** The status servlet, with these init parameters. */
  WebApp status(String pattern, Map<String, String> params) {
    servlets.put(pattern, new TokenStatusServlet());
    statusParams.putAll(params);
    return this;
  }

  /** As if web.xml named it. */
  WebApp listener(Class<? extends ServletContextListener> type) {
    listeners.add(type);
    return this;
  }

  /** As if code had added it. */
  WebApp undeclaredListener(ServletContextListener listener) {
    undeclaredListeners.add(listener);
    return this;
  }

  private static final class BodyServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Body body;

    BodyServlet(Body body) {
      this.body = body;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws java.io.IOException, jakarta.servlet.ServletException {
      try {
        body.serve(request, response);
      } catch (java.io.IOException | jakarta.servlet.ServletException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new jakarta.servlet.ServletException(e);
      }
    }
  }
}
