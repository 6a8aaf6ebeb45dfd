package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.ObjectName;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole library in a web application of its own, deployed ten times in a server that lives on. */
class RedeployTest {
  private static final int TIMES = Integer.getInteger("everbearer.redeploy.times", 10);
  private static final Logger LOADERS = Logger.getLogger("org.apache.catalina.loader");

  /** What Tomcat writes of our threads when it takes the application's class loader away. */
  private static final class Complaints extends Handler {
    private final List<String> ofThreads = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getMessage().contains("[everbearer-")) ofThreads.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @TempDir
  Path directory;
  private StandIn chat;
  private StandIn user;

  @BeforeEach
  void serve() throws Exception {
    chat = new StandIn();
    user = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
    user.close();
  }

  @Test
  void tenTimesInTomcat_leavesNothing() throws Exception {
    Path war = ExplodedWar.of(directory.resolve("war"), chat, user);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createDirectories(directory.resolve("tomcat")).toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.start();
    Complaints complaints = new Complaints();
    LOADERS.addHandler(complaints);
    try {
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      for (int i = 1; i <= TIMES; i++) loaders.add(onceInTomcat(tomcat, war, i));
      assertNothingLeft(loaders);
      assertEquals(List.of(), complaints.ofThreads);
    } finally {
      LOADERS.removeHandler(complaints);
      tomcat.stop();
      tomcat.destroy();
    }
  }

  private WeakReference<ClassLoader> onceInTomcat(Tomcat tomcat, Path war, int number) throws Exception {
    StandardContext context = new StandardContext();
    context.setName("/app");
    context.setPath("/app");
    context.setDocBase(war.toString());
    ContextConfig config = new ContextConfig();
    config.setDefaultWebXml(tomcat.noDefaultWebXmlPath());
    context.addLifecycleListener(config);
    StandardJarScanner scanner = new StandardJarScanner();
    scanner.setScanClassPath(false);
    context.setJarScanner(scanner);
    tomcat.getHost().addChild(context);
    assertUse(tomcat.getConnector().getLocalPort(), number);
    WeakReference<ClassLoader> loader = new WeakReference<>(context.getLoader().getClassLoader());
    try (InputStream watching = watch(tomcat.getConnector().getLocalPort())) {
      tomcat.getHost().removeChild(context);
      assertEnds(watching);
    }
    Leftovers.assertNoThread();
    return loader;
  }

  @Test
  void tenTimesInJetty_leavesNothing() throws Exception {
    Path war = ExplodedWar.of(directory.resolve("war"), chat, user);
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ContextHandlerCollection contexts = new ContextHandlerCollection();
    server.setHandler(contexts);
    server.start();
    try {
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      for (int i = 1; i <= TIMES; i++) loaders.add(onceInJetty(contexts, connector, war, i));
      connector.stop(); // an open connection remembers the last request that it served
      assertNothingLeft(loaders);
    } finally {
      server.stop();
    }
  }

  private WeakReference<ClassLoader> onceInJetty(ContextHandlerCollection contexts, ServerConnector connector,
      Path war, int number) throws Exception {
    WebAppContext context = new WebAppContext(war.toString(), "/app");
    context.setThrowUnavailableOnStartupException(true);
    contexts.addHandler(context);
    context.start();
    assertUse(connector.getLocalPort(), number);
    WeakReference<ClassLoader> loader = new WeakReference<>(context.getClassLoader());
    try (InputStream watching = watch(connector.getLocalPort())) {
      context.stop();
      assertEnds(watching);
    }
    contexts.removeHandler(context);
    context.destroy();
    Leftovers.assertNoThread();
    return loader;
  }

  private void assertUse(int port, int number) throws Exception {
    // The memory store goes with the application: the next deployment begins with the configured pair again.
    assertEquals("Bearer a.chat.2, Bearer a.chat.2, Bearer a.ann.1, own library",
        new Deployed.Browser(port).body("/app/use"), "deployment " + number);
    assertEquals(Set.of(new ObjectName("org.everbearer:type=TokenSource,context=/app,client=chat-api"),
        new ObjectName("org.everbearer:type=TokenSource,context=/app,client=user-api")), beans());
    chat.forget();
  }

  /** The status page, open in a browser while its application is taken away. */
  private static InputStream watch(int port) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/app/tokens"))
        .header("Accept", "text/event-stream").build();
    InputStream events = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    assertEquals("data: {", new String(events.readNBytes(7), StandardCharsets.UTF_8));
    return events;
  }

  private static void assertEnds(InputStream events) {
    try {
      assertFalse(new String(events.readAllBytes(), StandardCharsets.UTF_8).isEmpty());
    } catch (IOException endedByTheServer) {
      // As good an end as the other.
    }
  }

  private static Set<ObjectName> beans() throws Exception {
    return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("org.everbearer*:*"), null);
  }

  private static void assertNothingLeft(List<WeakReference<ClassLoader>> loaders) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    for (int i = 0; i < loaders.size(); i++) {
      while (loaders.get(i).get() != null && System.nanoTime() < deadline) {
        System.gc();
        LockSupport.parkNanos(20_000_000);
      }
      assertNull(loaders.get(i).get(), "class loader of deployment " + (i + 1) + " of " + loaders.size());
    }
    assertEquals(Set.of(), beans());
  }
}
