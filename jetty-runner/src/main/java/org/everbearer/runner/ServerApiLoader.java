package org.everbearer.runner;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * What a web application sees of the server: the JDK, the Jakarta APIs and Jetty (which hides itself), but none of the
 * runner's own libraries. So it runs here only if it would run in a container of its own, and its logging, JSON and
 * JWT libraries are the ones that it brought.
 */
final class ServerApiLoader extends ClassLoader {
  private static final List<String> VISIBLE = List.of("jakarta.", "org.eclipse.jetty.");
  private static final String SERVICES = "META-INF/services/";

  private final ClassLoader server;

  ServerApiLoader(ClassLoader server) {
    super("everbearer-server-api", getPlatformClassLoader());
    this.server = server;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (isVisible(name)) return server.loadClass(name);
    throw new ClassNotFoundException(name);
  }

  @Override
  protected URL findResource(String name) {
    return isVisibleResource(name) ? server.getResource(name) : null;
  }

  @Override
  protected Enumeration<URL> findResources(String name) throws IOException {
    return isVisibleResource(name) ? server.getResources(name) : Collections.emptyEnumeration();
  }

  private static boolean isVisible(String className) {
    return VISIBLE.stream().anyMatch(className::startsWith);
  }

  private static boolean isVisibleResource(String name) {
    if (name.equals("jndi.properties")) return true; // Jetty's java:comp/env
    if (name.startsWith(SERVICES)) return isVisible(name.substring(SERVICES.length()));
    return isVisible(name.replace('/', '.'));
  }
}
