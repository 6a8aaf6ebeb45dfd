package org.everbearer.runner;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.webapp.WebAppClassLoader;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with one web application. */
public final class WarServer implements AutoCloseable {
  /** In the name of an archive's entry. */
  private static final Pattern ESCAPE = Pattern.compile("^[/\\\\]|^[A-Za-z]:|(^|[/\\\\])\\.\\.([/\\\\]|$)");

  private final Server server;
  private final ServerConnector connector;

  private WarServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /** What can be said of a WAR before it is deployed. */
  public static void requireWar(Path war) throws UserError {
    String name = "--war " + war + ": ";
    if (!Files.exists(war)) throw UserError.failure(name + "there is no such file; build it first, or mind the path");
    if (!Files.isReadable(war)) throw UserError.failure(name + "may not be read by this user; see its permissions");
    if (Files.isDirectory(war)) {
      if (Files.isDirectory(war.resolve("WEB-INF"))) return;
      requireNoEar(name, list(war, name));
      throw UserError.failure(name + "holds no WEB-INF; name a WAR file, or the directory of an unpacked WAR");
    }
    List<String> entries;
    try (ZipFile zip = new ZipFile(war.toFile())) {
      entries = zip.stream().map(ZipEntry::getName).toList();
    } catch (IOException | IllegalArgumentException e) { // the latter: names that are in no encoding
      throw UserError.failure(name + "is not a WAR (" + e.getMessage() + "); build it again");
    }
    if (entries.isEmpty()) throw UserError.failure(name + "is empty; build it again");
    for (String entry : entries) {
      if (!ESCAPE.matcher(entry).find()) continue;
      throw UserError.failure(name + "its entry " + entry.replaceAll("\\p{Cntrl}", "?")
          + " leads out of it, and a container would refuse it, or write that file elsewhere; build it again");
    }
    if (entries.stream().noneMatch(entry -> entry.startsWith("WEB-INF/"))) requireNoEar(name, entries);
  }

  private static List<String> list(Path directory, String name) throws UserError {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw UserError.failure(name + "cannot be read (" + e.getMessage() + ")");
    }
  }

  private static void requireNoEar(String name, List<String> entries) throws UserError {
    List<String> wars = entries.stream().filter(entry -> entry.endsWith(".war")).sorted().toList();
    if (wars.isEmpty() && !entries.contains("META-INF/application.xml")) return;
    throw UserError.failure(name + "is an EAR, not a WAR; "
        + (wars.isEmpty() ? "take the WARs out of it" : "unpack it, and take each WAR in it by itself: "
            + String.join(", ", wars)));
  }

  /** Takes the port, so that a port that is taken shows before anything else is done. */
  static WarServer listen(String host, int port) throws UserError {
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setName("jetty");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    server.addConnector(connector);
    try {
      connector.open();
    } catch (IOException | UnresolvedAddressException e) {
      throw UserError.failure(notBound(host, port, e));
    }
    return new WarServer(server, connector);
  }

  void deploy(Path war, String contextPath, WorkDirectory work) throws UserError {
    WebAppContext context = new WebAppContext();
    context.setContextPath(contextPath);
    context.setWar(war.toString());
    context.setClassLoader(new WebAppClassLoader(new ServerApiLoader(WarServer.class.getClassLoader()), context));
    context.setThrowUnavailableOnStartupException(true);
    ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
    errors.setShowStacks(false);
    context.setErrorHandler(errors);
    server.setHandler(context);
    try {
      context.setTempDirectory(work.unpacked().toFile());
      server.start();
    } catch (Exception e) {
      throw UserError.failure(war + " does not deploy: " + problem(e));
    }
  }

  /** Where a browser on this machine finds the web application. */
  URI uri(String contextPath) {
    String host = connector.getHost();
    boolean anyAddress = host.equals("0.0.0.0") || host.equals("::");
    String name = anyAddress ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + connector.getLocalPort() + contextPath
        + (contextPath.endsWith("/") ? "" : "/"));
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("Jetty does not stop: " + e.getMessage(), e);
    } finally {
      connector.close(); // Jetty closes it only if it was started
    }
  }

  private static String notBound(String host, int port, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "--host " + host + ": no such address; use 127.0.0.1, or 0.0.0.0 for every network";
      }
      if (cause instanceof BindException && cause.getMessage().contains("in use")) {
        return "port " + port + " on " + host + " is taken by another program; stop that, or choose another with "
            + "--port NUMBER (0: a free one)";
      }
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return "cannot listen on port " + port + " of " + host + " (" + cause.getMessage() + "); choose others with "
        + "--port NUMBER and --host ADDRESS";
  }

  /** Every message on the way to the root cause, without those that only repeat their cause's. */
  private static String problem(Throwable thrown) {
    Set<String> messages = new LinkedHashSet<>();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      boolean repeats = cause.getCause() != null
          && (cause.getMessage() == null || cause.getMessage().contains(cause.getCause().toString()));
      if (!repeats) messages.add(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
    return String.join("; because: ", messages);
  }
}
