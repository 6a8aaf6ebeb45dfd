package org.everbearer.servlet;

import javax.servlet.ServletContainerInitializer;
import javax.servlet.ServletContext;
import javax.servlet.ServletException;
import java.util.Set;

/**
 * What a container with javax.servlet finds in either JAR: with the one that is made for it the library's start, with
 * the other one the end of the deployment. The two classes of this kind are the same in both JARs.
 */
public final class JavaxStartup implements ServletContainerInitializer {
  /** For the container. */
  public JavaxStartup() {}

  @Override
  public void onStartup(Set<Class<?>> ignored, ServletContext context) throws ServletException {
    String mismatch = Startup.mismatch("javax", context.getServerInfo());
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
