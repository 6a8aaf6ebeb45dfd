package org.everbearer.servlet;

import java.util.EventListener;

/**
 * Stops the deployment where this JAR and the container do not fit, with the name of the JAR that does.
 *
 * <p>The container makes one because {@code META-INF/web-fragment.xml} names it as a listener. It listens to nothing: a
 * class that implemented a listener of the Servlet API could not be loaded in just those containers that it is for.
 */
public final class ServletApiCheck implements EventListener {
  /** In the JAR with the classifier javax this constant, like every reference to the package, reads otherwise. */
  private static final String API = "jakarta.servlet";

  /**
   * For the container.
   *
   * @throws IllegalStateException if the container's Servlet API is not the one that this JAR is made for
   */
  public ServletApiCheck() {
    this(API, ServletApiCheck.class.getClassLoader());
  }

  ServletApiCheck(String api, ClassLoader container) {
    try {
      Class.forName(api + ".Filter", false, container);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(api.startsWith("javax")
          ? "this everbearer-filter-core JAR, of classifier javax, is for containers with " + api + " (Tomcat 8.5 and 9,"
              + " Jetty 9.4, 10 and 12 with ee8, WildFly 26 and older), which this one is not: put the JAR without a"
              + " classifier into WEB-INF/lib"
          : "this everbearer-filter-core JAR is for containers with " + api + " (Tomcat 10 and later, Jetty 11, Jetty 12"
              + " with ee9 and later, WildFly 27 and later), which this one is not: put the JAR with"
              + " <classifier>javax</classifier> into WEB-INF/lib");
    }
  }
}
