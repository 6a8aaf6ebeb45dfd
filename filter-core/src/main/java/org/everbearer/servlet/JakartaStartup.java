package org.everbearer.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Set;

/**
 * What a container with jakarta.servlet finds in either JAR: with the one that is made for it the library's start, with
 * the other one the end of the deployment. The two classes of this kind are the same in both JARs.
 */
public final class JakartaStartup implements ServletContainerInitializer {
  /** For the container. */
  public JakartaStartup() {}

  @Override
  public void onStartup(Set<Class<?>> ignored, ServletContext context) throws ServletException {
    String mismatch = Startup.mismatch("jakarta", context.getServerInfo());
    if (mismatch != null) throw new ServletException(mismatch);
    try {
      Startup.run(context);
    } catch (ServletException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e); // of the other API, so it does not come
    }
  }
}
