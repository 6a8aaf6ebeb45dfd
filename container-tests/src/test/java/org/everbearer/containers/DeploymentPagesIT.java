package org.everbearer.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of docs/containers.md for Tomcat and Jetty, followed with its own XML, but for the database, which is H2. */
class DeploymentPagesIT {
  private static final Row TOMCAT = Row.parse("tomcat-10.1");
  private static final Row JETTY = Row.parse("jetty-12.1/ee10");
  private static final Map<String, String> CREATE_TABLE = Map.of("EVERBEARER_SAMPLE_CHAT_PROXY_CREATE_TABLE", "true");

  @TempDir
  Path base;

  @Test
  void tomcatsPage_contextXmlAndSetenv() throws Exception {
    copy(driver(), "lib/");
    write("bin/setenv.sh", "export EVERBEARER_SAMPLE_CHAT_PROXY_STORE=jdbc:jdbc/tokens\n");
    write("conf/Catalina/localhost/chat.xml", onH2(page("<Context>.*?</Context>")));
    String log = chat(TOMCAT, CREATE_TABLE);
    assertTrue(log.contains("store=jdbc:jdbc/tokens (environment variable EVERBEARER_SAMPLE_CHAT_PROXY_STORE)"), log);
    assertTrue(log.contains("waitTimeout=10s (context-param everbearer.waitTimeout)"), log);
  }

  @Test
  void jettysPage_modulesAndContextXml() throws Exception {
    copy(driver(), "lib/ext/");
    Matcher modules = Pattern.compile("add the modules `([^`]+)`").matcher(page(".*"));
    assertTrue(modules.find());
    Path home = JETTY.kind().home(JETTY.version());
    Process setup = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
        home.resolve("start.jar").toString(), "jetty.base=" + base, "--add-modules=" + modules.group(1))
        .directory(base.toFile()).redirectErrorStream(true).redirectOutput(base.resolve("modules.log").toFile()).start();
    assertEquals(0, setup.waitFor(), () -> "see " + base.resolve("modules.log"));
    write("webapps/chat.xml", onH2(page("<\\?xml version=\"1.0\"\\?>\\s+<!DOCTYPE Configure.*?</Configure>")));
    String log = chat(JETTY, CREATE_TABLE);
    assertTrue(log.contains("store=jdbc:jdbc/tokens (context-param everbearer.store)"), log);
  }

  /** What docs/production.md shows for a login in front of the status page. */
  @Test
  void statusPagesLogin_onTomcat() throws Exception {
    write("conf/tomcat-users.xml", production("<tomcat-users.*?</tomcat-users>").replace("…", "secret"));
    assertLoginOpensTheStatusPage(TOMCAT);
  }

  @Test
  void statusPagesLogin_onJetty() throws Exception {
    write("etc/operators.properties", "alice: secret,operator\n");
    write("webapps/chat.xml", production("<\\?xml version=\"1.0\"\\?>\\s+<!DOCTYPE Configure.*?</Configure>"));
    assertLoginOpensTheStatusPage(JETTY);
  }

  private void assertLoginOpensTheStatusPage(Row row) throws Exception {
    copy(Path.of(System.getProperty("sample.war")), "webapps/chat.war");
    try (FileSystem war = FileSystems.newFileSystem(base.resolve("webapps/chat.war"))) {
      Path webXml = war.getPath("WEB-INF/web.xml");
      String servlet = "<servlet-class>org.everbearer.servlet.TokenStatusServlet</servlet-class>";
      Files.writeString(webXml, Files.readString(webXml)
          .replace(servlet, servlet + production("<init-param><param-name>allowRole.*?</init-param>")
              + "<init-param><param-name>allowAddresses</param-name><param-value>none</param-value></init-param>")
          .replace("</web-app>", production("<security-constraint>.*?</security-role>") + "</web-app>"));
    }
    try (Runner runner = Runner.start("--port", "0", "--access-token-lifetime", "60s");
        ContainerProcess container =
            ContainerProcess.start(row.kind().home(row.version()), base, List.of(row), runner, Map.of())) {
      container.visitor("chat").await("health", 200);
      assertEquals(401, status(container, null, "GET"));
      assertEquals(401, status(container, "alice:wrong", "GET"));
      assertEquals(200, status(container, "alice:secret", "GET"));
      assertEquals(200, status(container, "alice:secret", "POST"));
      container.stop();
    }
  }

  private static int status(ContainerProcess container, String user, String method) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(container.uri("chat/tokens"))
        .header("Accept", "application/json");
    if (user != null) request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8)));
    if (method.equals("POST")) {
      request.header("X-Everbearer-Action", "refreshNow").header("Content-Type", "application/x-www-form-urlencoded")
          .POST(HttpRequest.BodyPublishers.ofString("client=sample-chat-proxy"));
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private String chat(Row row, Map<String, String> settings) throws Exception {
    copy(Path.of(System.getProperty("sample.war")), "webapps/chat.war");
    try (Runner runner = Runner.start("--port", "0", "--access-token-lifetime", "3s");
        ContainerProcess container =
            ContainerProcess.start(row.kind().home(row.version()), base, List.of(row), runner, settings)) {
      Visitor visitor = container.visitor("chat");
      visitor.await("health", 200);
      visitor.chatOnce();
      assertTrue(Files.size(base.resolve("tokens.mv.db")) > 0, "the table is in the database");
      container.stop();
      return container.log();
    }
  }

  private static String page(String part) throws IOException {
    return part("containers.md", part);
  }

  private static String production(String part) throws IOException {
    return part("production.md", part);
  }

  private static String part(String page, String part) throws IOException {
    Matcher matcher = Pattern.compile(part, Pattern.DOTALL).matcher(Files.readString(Path.of("..", "docs", page)));
    if (!matcher.find()) throw new IllegalStateException("the page has no " + part);
    return matcher.group().stripIndent().strip();
  }

  private String onH2(String xml) {
    String database = "jdbc:h2:file:" + base.resolve("tokens");
    return replace(replace(xml.replace("name=\"url\"", "name=\"URL\""), "jdbc:postgresql:[^\"<]+", database),
        "org\\.postgresql[A-Za-z.]+", xml.contains("<Context>") ? "org.h2.Driver" : "org.h2.jdbcx.JdbcDataSource");
  }

  private static String replace(String text, String pattern, String replacement) {
    String changed = text.replaceAll(pattern, Matcher.quoteReplacement(replacement));
    if (changed.equals(text)) throw new IllegalStateException("the page's XML has no " + pattern);
    return changed;
  }

  private static Path driver() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
        .filter(jar -> jar.getFileName().toString().startsWith("h2-")).findFirst().orElseThrow();
  }

  private void copy(Path file, String to) throws IOException {
    Path target = to.endsWith("/") ? base.resolve(to).resolve(file.getFileName()) : base.resolve(to);
    Files.createDirectories(target.getParent());
    Files.copy(file, target);
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(base.resolve(file).getParent());
    Files.writeString(base.resolve(file), text);
  }
}
