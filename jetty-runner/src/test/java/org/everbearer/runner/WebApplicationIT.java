package org.everbearer.runner;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.everbearer.runner.fixture.ProbeServlet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a WAR finds when it is served: a servlet container, and nothing of the runner's. */
class WebApplicationIT {
  private static RunnerProcess runner;
  private static URI uri;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Path war = WarFile.write(directory.resolve("app.war"), """
        <env-entry>
          <env-entry-name>greeting</env-entry-name>
          <env-entry-type>java.lang.String</env-entry-type>
          <env-entry-value>hello</env-entry-value>
        </env-entry>
        """, ProbeServlet.class);
    runner = RunnerProcess.start(directory, "--port", "0", "--war", war.toString());
    uri = runner.awaitUri();
  }

  @AfterAll
  static void stop() throws Exception {
    runner.close();
  }

  @Test
  void pagesAndAnnotatedServlets_areServed() throws Exception {
    assertEquals("the index page", RunnerProcess.get(uri).body());
    assertEquals("jakarta.servlet.Filter", probe("class=jakarta.servlet.Filter"));
  }

  @Test
  void placesAndFirstTokens_areInSystemProperties() throws Exception {
    String chat = probe("property=CHAT_API_BASE_URL");
    assertTrue(chat.startsWith("http://127.0.0.1:"), chat);
    assertEquals(chat, probe("property=AUTH_BASE_URL"));
    assertEquals(chat, probe("property=STAND_IN_BASE_URL"));
    assertEquals(3, probe("property=AUTH_ACCESS_TOKEN").split("\\.").length);
    assertFalse(probe("property=AUTH_REFRESH_TOKEN").equals("null"));
  }

  @Test
  void environmentEntries_areInJndi() throws Exception {
    assertEquals("hello", probe("jndi=java:comp/env/greeting"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"org.slf4j.Logger", "com.google.gson.Gson", "org.jose4j.jwt.JwtClaims",
    "org.everbearer.runner.JettyRunner", "org.eclipse.jetty.server.Server", "org.objectweb.asm.ClassReader"})
  void librariesOfTheRunner_areNotVisible(String name) throws Exception {
    assertEquals("ClassNotFoundException", probe("class=" + name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"META-INF/services/org.slf4j.spi.SLF4JServiceProvider", "simplelogger.properties",
    "everbearer-sample-webapp.war"})
  void resourcesOfTheRunner_areNotVisible(String name) throws Exception {
    assertEquals("false", probe("resource=" + name));
  }

  @Test
  void failureOfTheApplication_showsNothingInThePage() throws Exception {
    HttpResponse<String> page = RunnerProcess.get(uri.resolve("probe?throw"));
    assertEquals(500, page.statusCode());
    assertFalse(page.body().contains("\tat "), page.body());
  }

  @Test
  void unpackedWar_isServedWhereItLies(@TempDir Path directory) throws Exception {
    Files.createDirectories(directory.resolve("app/WEB-INF"));
    Files.writeString(directory.resolve("app/index.html"), "unpacked");
    try (RunnerProcess other = RunnerProcess.start(directory, "--port", "0", "--war", "app")) {
      assertEquals("unpacked", RunnerProcess.get(other.awaitUri()).body());
    }
  }

  private static String probe(String query) throws Exception {
    HttpResponse<String> response = RunnerProcess.get(uri.resolve("probe?" + query));
    assertEquals(200, response.statusCode());
    return response.body();
  }
}
