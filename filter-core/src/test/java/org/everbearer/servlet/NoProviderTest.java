package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee10.webapp.WebAppClassLoader;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that has slf4j-api of its own, as every stock container wants it, and nothing that writes. */
class NoProviderTest {
  private static final String LEVEL = "org.slf4j.simpleLogger.log.org.eclipse.jetty.server.handler.ContextHandler";
  private static final String MISSING = "SLF4J has no provider in this web application";

  /** What the server has of SLF4J is not the application's. */
  private static final class WithoutSlf4j extends ClassLoader {
    private WithoutSlf4j() {
      super(NoProviderTest.class.getClassLoader());
    }

    private static boolean hides(String name) {
      return name.contains("org.slf4j") || name.contains("org/slf4j");
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (hides(name)) throw new ClassNotFoundException(name);
      return super.loadClass(name, resolve);
    }

    @Override
    public URL getResource(String name) {
      return hides(name) ? null : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return hides(name) ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }

  /** What the container's own log gets. */
  private interface Run {
    List<String> lines(Path war, Use use) throws Exception;
  }

  private interface Use {
    void of(int port) throws Exception;
  }

  enum Stock implements Run {
    TOMCAT {
      @Override
      public List<String> lines(Path war, Use use) throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
        // Where stock Tomcat has localhost.DATE.log.
        Logger log = Logger.getLogger("org.apache.catalina.core.ContainerBase.[Tomcat].[127.0.0.1]");
        log.addHandler(handler);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createDirectories(war.resolveSibling("tomcat")).toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        StandardContext context = new StandardContext();
        context.setName("/silent");
        context.setPath("/silent");
        context.setDocBase(war.toString());
        context.setParentClassLoader(new WithoutSlf4j());
        ContextConfig config = new ContextConfig();
        config.setDefaultWebXml(tomcat.noDefaultWebXmlPath());
        context.addLifecycleListener(config);
        StandardJarScanner scanner = new StandardJarScanner();
        scanner.setScanClassPath(false);
        context.setJarScanner(scanner);
        tomcat.getHost().addChild(context);
        try {
          tomcat.start();
          use.of(tomcat.getConnector().getLocalPort());
        } finally {
          tomcat.stop();
          tomcat.destroy();
          log.removeHandler(handler);
        }
        return lines;
      }
    },
    JETTY {
      @Override
      public List<String> lines(Path war, Use use) throws Exception {
        // The server's own SLF4J writes there.
        System.setProperty(LEVEL, "info");
        PrintStream err = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        Server server = new Server();
        try {
          ServerConnector connector = new ServerConnector(server);
          connector.setHost("127.0.0.1");
          server.addConnector(connector);
          WebAppContext context = new WebAppContext(war.toString(), "/silent");
          context.setThrowUnavailableOnStartupException(true);
          context.setClassLoader(new WebAppClassLoader(new WithoutSlf4j(), context));
          server.setHandler(context);
          server.start();
          use.of(connector.getLocalPort());
        } finally {
          server.stop();
          System.clearProperty(LEVEL);
          System.setErr(err);
        }
        return written.toString(StandardCharsets.UTF_8).lines().toList();
      }
    }
  }

  @TempDir
  Path directory;
  private StandIn chat;
  private StandIn user;
  private Path war;

  @BeforeEach
  void serve() throws Exception {
    chat = new StandIn();
    user = new StandIn();
    war = ExplodedWar.of(directory.resolve("war"), chat, user);
    library("slf4j-api");
  }

  @AfterEach
  void stop() {
    chat.close();
    user.close();
  }

  private void library(String name) throws IOException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String jar = Path.of(entry).getFileName().toString();
      if (jar.matches(name + "-[\\d.]+\\.jar")) Files.copy(Path.of(entry), war.resolve("WEB-INF/lib").resolve(jar));
    }
  }

  private static List<String> ours(List<String> lines) {
    return lines.stream().filter(line -> line.contains("Everbearer: ") || line.contains("org.everbearer")).toList();
  }

  private static long count(List<String> lines, String... words) {
    return lines.stream().filter(line -> List.of(words).stream().allMatch(line::contains)).count();
  }

  @ParameterizedTest
  @EnumSource
  void warningsAndErrors_areInTheContainersLog_andThereWhatIsMissing(Stock container) throws Exception {
    chat.refusal = 401;
    List<String> lines = ours(container.lines(war, port -> {
      new Deployed.Browser(port).get("/silent/use");
      assertTrue(chat.refreshes.get() > 0, "the dead token was tried");
    }));
    assertEquals(1, count(lines, MISSING), lines.toString());
    assertTrue(lines.get(0).contains(MISSING) && lines.get(0).contains("org.slf4j:slf4j-jdk14"), lines.get(0));
    assertEquals(1, count(lines, "WARN org.everbearer: client chat-api: store = memory"), lines.toString());
    assertEquals(1, count(lines, "ERROR org.everbearer.chat-api: chat-api [application] the refresh token was rejected",
        "Remedy: "), lines.toString());
    assertEquals(0, count(lines, "INFO org.everbearer"), lines.toString());
    assertFalse(lines.toString().contains("r.chat.1"), lines.toString());
  }

  @ParameterizedTest
  @EnumSource
  void workThatWasNotHandedOver_isThereToo(Stock container) throws Exception {
    List<String> lines = ours(container.lines(war, port -> new Deployed.Browser(port).get("/silent/use?forgetful=yes")));
    assertEquals(1, count(lines, "WARN org.everbearer.user-api: client user-api: this thread works for no request",
        "Remedy: hand the work over with tokens.propagate"), lines.toString());
  }

  @ParameterizedTest
  @EnumSource
  void refusedDeployment_saysWhyThereToo(Stock container) throws Exception {
    Path descriptor = war.resolve("WEB-INF/web.xml");
    Files.writeString(descriptor, Files.readString(descriptor).replace("allowedOrigins", "allowedOrigin"));
    List<String> lines = new CopyOnWriteArrayList<>();
    try {
      lines.addAll(ours(container.lines(war, port -> {})));
    } catch (Exception jettyThrowsIt) {
      return; // who starts it has the whole text
    }
    assertEquals(1, count(lines, MISSING), lines.toString());
    assertEquals(1, count(lines, "ERROR org.everbearer.servlet.BearerTokenFilter: Filter chat-api is not configured correctly"),
        lines.toString());
  }

  @ParameterizedTest
  @EnumSource
  void withAProvider_nothingIsWrittenThere(Stock container) throws Exception {
    library("slf4j-simple");
    chat.refusal = 401;
    List<String> lines = ours(container.lines(war, port -> new Deployed.Browser(port).get("/silent/use")));
    assertEquals(0, count(lines, MISSING), lines.toString());
    assertEquals(0, count(lines, "ERROR org.everbearer.chat-api: "), lines.toString());
  }

  @ParameterizedTest
  @EnumSource
  void whoHasChosenSilence_getsIt(Stock container) throws Exception {
    // By its name, as slf4j-nop has it.
    Path mark = war.resolve("WEB-INF/classes/org/slf4j/nop/NOPServiceProvider.class");
    Files.createDirectories(mark.getParent());
    Files.createFile(mark);
    chat.refusal = 401;
    List<String> lines = ours(container.lines(war, port -> new Deployed.Browser(port).get("/silent/use")));
    assertEquals(List.of(), lines.stream().filter(line -> !line.contains("org.everbearer.servlet.RedeployServlet")).toList());
  }
}
