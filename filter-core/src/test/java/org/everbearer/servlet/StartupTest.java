package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** These tests run with the JAR for jakarta; the one for javax is the same class with another constant. */
class StartupTest {
  private static final String WRONG = "The everbearer-filter-core JAR in this application is made for jakarta and not for"
      + " javax, which is Apache Tomcat/9.0.117's: put in its place the one with <classifier>javax</classifier>";

  @Test
  void rightJar_isNoMismatch() {
    assertNull(Startup.mismatch("jakarta", "Apache Tomcat/11.0.24"));
  }

  @Test
  void jakartaJarInAJavaxContainer_namesTheContainerAndTheClassifier() {
    assertEquals(WRONG, Startup.mismatch("javax", "Apache Tomcat/9.0.117"));
  }

  @Test
  void jakartaJarInAJavaxContainer_stopsTheDeployment() {
    javax.servlet.ServletContext context = (javax.servlet.ServletContext) Proxy.newProxyInstance(
        getClass().getClassLoader(), new Class<?>[] {javax.servlet.ServletContext.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("getServerInfo")) return "Apache Tomcat/9.0.117";
          throw new AssertionError("the wrong JAR calls " + method.getName());
        });
    javax.servlet.ServletException stop =
        assertThrows(javax.servlet.ServletException.class, () -> new JavaxStartup().onStartup(Set.of(), context));
    assertEquals(WRONG, stop.getMessage());
  }
}
