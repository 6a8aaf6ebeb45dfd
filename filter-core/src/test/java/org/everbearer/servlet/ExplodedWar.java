package org.everbearer.servlet;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A web application on disk that brings the library, and what the library needs, in its own WEB-INF. */
final class ExplodedWar {
  private ExplodedWar() {}

  static Path of(Path directory, StandIn chat, StandIn user) throws IOException {
    Path webInf = Files.createDirectories(directory.resolve("WEB-INF"));
    Files.writeString(webInf.resolve("web.xml"), """
        <?xml version="1.0" encoding="UTF-8"?>
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
          %s
          %s
          <servlet>
            <servlet-name>redeploy</servlet-name>
            <servlet-class>%s</servlet-class>
            <init-param><param-name>chat</param-name><param-value>%s</param-value></init-param>
            <init-param><param-name>user</param-name><param-value>%s</param-value></init-param>
            <load-on-startup>1</load-on-startup>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping><servlet-name>redeploy</servlet-name><url-pattern>/use</url-pattern></servlet-mapping>
          <servlet>
            <servlet-name>tokens</servlet-name>
            <servlet-class>org.everbearer.servlet.TokenStatusServlet</servlet-class>
            <async-supported>true</async-supported>
          </servlet>
          <servlet-mapping><servlet-name>tokens</servlet-name><url-pattern>/tokens/*</url-pattern></servlet-mapping>
        </web-app>
        """.formatted(filter("chat-api", chat.client("refreshToken", "r.chat.1")),
        filter("user-api", user.client("identity", "session")), RedeployServlet.class.getName(), chat.origin(),
        user.origin()));
    copyClasses(Path.of("target", "classes"), webInf.resolve("classes"));
    String servlet = RedeployServlet.class.getName().replace('.', '/') + ".class";
    Files.copy(Path.of("target", "test-classes").resolve(servlet), webInf.resolve("classes").resolve(servlet));
    Path lib = Files.createDirectories(webInf.resolve("lib"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String jar = Path.of(entry).getFileName().toString();
      if (jar.matches("(httpclient5|httpcore5|jose4j|gson).*\\.jar")) Files.copy(Path.of(entry), lib.resolve(jar));
    }
    return directory;
  }

  private static String filter(String name, Map<String, String> params) {
    StringBuilder xml = new StringBuilder("<filter><filter-name>" + name + "</filter-name><filter-class>"
        + BearerTokenFilter.class.getName() + "</filter-class><async-supported>true</async-supported>");
    params.forEach((key, value) -> xml.append("<init-param><param-name>").append(key)
        .append("</param-name><param-value>").append(value).append("</param-value></init-param>"));
    return xml + "</filter><filter-mapping><filter-name>" + name + "</filter-name><url-pattern>/*</url-pattern>"
        + "<dispatcher>REQUEST</dispatcher><dispatcher>ASYNC</dispatcher></filter-mapping>";
  }

  private static void copyClasses(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) Files.createDirectories(target);
        else Files.copy(file, target);
      }
    }
  }
}
