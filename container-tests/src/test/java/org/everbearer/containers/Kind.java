package org.everbearer.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** How the users of a kind of container start it: with a directory of its own beside the unpacked distribution. */
enum Kind {
  TOMCAT("apache-tomcat-", "webapps") {
    @Override
    ProcessBuilder command(Path home, Path base, List<Row> rows, int port) throws IOException {
      copy(home.resolve("conf"), base.resolve("conf"));
      for (String directory : List.of("logs", "temp", "webapps", "work")) Files.createDirectories(base.resolve(directory));
      edit(base.resolve("conf/server.xml"), xml -> xml
          .replace("<Server port=\"8005\"", "<Server port=\"-1\"")
          .replace("<Connector port=\"8080\"", "<Connector address=\"127.0.0.1\" port=\"" + port + "\"")
          .replace("<Engine name=\"Catalina\"", "<Engine name=\"Catalina\" backgroundProcessorDelay=\"1\""));
      ProcessBuilder command = new ProcessBuilder("sh", home.resolve("bin/catalina.sh").toString(), "run");
      command.environment().put("CATALINA_BASE", base.toString());
      return command;
    }
  },

  JETTY("jetty-home-", "webapps") {
    @Override
    ProcessBuilder command(Path home, Path base, List<Row> rows, int port) throws Exception {
      String modules = rows.get(0).environment().isEmpty() ? "deploy,annotations" : String.join(",",
          rows.stream().map(row -> row.environment() + "-deploy," + row.environment() + "-annotations").toList());
      String start = home.resolve("start.jar").toString();
      boolean old = home.getFileName().toString().startsWith("jetty-home-9.");
      Process setup = new ProcessBuilder(JAVA, "-jar", start, "jetty.home=" + home, "jetty.base=" + base,
          (old ? "--add-to-start=" : "--add-modules=") + "server,http," + modules)
          .directory(base.toFile()).redirectErrorStream(true).redirectOutput(base.resolve("setup.log").toFile()).start();
      if (setup.waitFor() != 0) throw new IOException(Files.readString(base.resolve("setup.log")));
      return new ProcessBuilder(JAVA, "-jar", start, "jetty.home=" + home, "jetty.base=" + base,
          "jetty.http.host=127.0.0.1", "jetty.http.port=" + port, "jetty.deploy.scanInterval=1");
    }
  },

  WILDFLY("wildfly-", "deployments") {
    @Override
    ProcessBuilder command(Path home, Path base, List<Row> rows, int port) throws IOException {
      copy(home.resolve("standalone"), base);
      edit(base.resolve("configuration/standalone.xml"), xml -> xml
          .replace("scan-interval=\"5000\"", "scan-interval=\"500\""));
      ProcessBuilder command = new ProcessBuilder("sh", home.resolve("bin/standalone.sh").toString(),
          "-Djboss.server.base.dir=" + base, "-Djboss.bind.address=127.0.0.1", "-Djboss.http.port=" + port,
          "-Djboss.https.port=" + Ports.free(), "-Djboss.management.http.port=" + Ports.free(),
          "-Djboss.management.https.port=" + Ports.free());
      command.environment().put("LAUNCH_JBOSS_IN_BACKGROUND", "true"); // so that a signal to the script stops it
      return command;
    }
  };

  private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final String directoryPrefix;
  private final String deployments;

  Kind(String directoryPrefix, String deployments) {
    this.directoryPrefix = directoryPrefix;
    this.deployments = deployments;
  }

  /** What starts the container in the foreground, with nothing deployed. */
  abstract ProcessBuilder command(Path home, Path base, List<Row> rows, int port) throws Exception;

  Path deployments(Path base) {
    return base.resolve(deployments);
  }

  /** Where the distribution of this line is unpacked. */
  Path home(String version) throws IOException {
    Path all = Path.of(System.getProperty("containers.directory"));
    try (Stream<Path> directories = Files.list(all)) {
      return directories.filter(d -> d.getFileName().toString().startsWith(directoryPrefix + version + ".")).findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + directoryPrefix + version + " in " + all
              + ": run Maven with the profile that unpacks it, see CONTRIBUTING.md"));
    }
  }

  private static void edit(Path file, UnaryOperator<String> change) throws IOException {
    String before = Files.readString(file);
    String after = change.apply(before);
    if (after.equals(before)) throw new IllegalStateException(file + " is not as expected");
    Files.writeString(file, after);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(file -> {
        try {
          Path target = to.resolve(from.relativize(file).toString());
          if (Files.isDirectory(file)) Files.createDirectories(target);
          else if (Files.notExists(target)) Files.copy(file, target); // a test may have brought its own
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }
}
