package org.everbearer.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.startup.Tomcat;

/** The built WAR in a Tomcat of the test's own. */
final class WarInTomcat {
  private WarInTomcat() {}

  /**
   * @param settings system properties that the WAR finds while it starts
   * @param more what else is to be set before
   */
  static Tomcat start(Path directory, Map<String, String> settings, Consumer<Context> more) throws Exception {
    settings.forEach(System::setProperty);
    try {
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(directory.toString());
      directory.resolve("webapps").toFile().mkdirs();
      tomcat.setPort(0);
      tomcat.getConnector().setProperty("address", "127.0.0.1");
      more.accept(tomcat.addWebapp("", Path.of(System.getProperty("sample.war")).toAbsolutePath().toString()));
      tomcat.start();
      assertEquals(LifecycleState.STARTED, tomcat.getHost().findChildren()[0].getState(), "the WAR is deployed");
      return tomcat;
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }
}
