package org.everbearer.runner;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.everbearer.runner.fixture.RefusingFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What goes wrong at the start is told in one line, and leaves nothing behind. */
class RunnerErrorsIT {
  @TempDir
  Path directory;

  @Test
  void help_isPrintedAndThatIsAll() throws Exception {
    try (RunnerProcess runner = RunnerProcess.start(directory, "--help")) {
      assertEquals(0, runner.awaitExit());
      assertEquals(RunnerOptions.HELP, runner.out());
      assertEquals("", runner.err());
    }
  }

  @Test
  void misspeltOption_isToldWithTheNearest() throws Exception {
    assertFails(2, "jetty-runner: unknown option --prot; did you mean --port?", Map.of(), "--prot", "80");
  }

  @Test
  void takenPort_isToldWithItsNumber() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertFails(1, "jetty-runner: port " + port + " on 127.0.0.1 is taken by another program; stop that, or choose "
          + "another with --port NUMBER (0: a free one)", Map.of(), "--port", port);
    }
  }

  @Test
  void missingWar_isToldWithItsWholePath() throws Exception {
    assertFails(1, "jetty-runner: --war " + directory.toRealPath().resolve("no.war")
        + ": there is no such file; build it first, or mind the path", Map.of(), "--port", "0", "--war", "no.war");
  }

  @Test
  void brokenWar_isTold() throws Exception {
    Path war = Files.writeString(directory.resolve("broken.war"), "no ZIP");
    String line = fails(1, Map.of(), "--port", "0", "--war", war.toString());
    assertTrue(line.startsWith("jetty-runner: --war " + war + ": is not a WAR ("), line);
  }

  @Test
  void directoryWithoutWebInf_isTold() throws Exception {
    String line = fails(1, Map.of(), "--port", "0", "--war", directory.toString());
    assertTrue(line.endsWith("holds no WEB-INF; name a WAR file, or the directory of an unpacked WAR"), line);
  }

  @Test
  void warThatRefusesToStart_isToldWithItsOwnWords() throws Exception {
    Path war = WarFile.write(directory.resolve("refusing.war"), "<filter><filter-name>f</filter-name><filter-class>"
        + RefusingFilter.class.getName() + "</filter-class></filter>", RefusingFilter.class);
    assertFails(1, "jetty-runner: " + war + " does not deploy: refreshMargn: unknown parameter; because: "
        + "mind refreshMargin", Map.of(), "--port", "0", "--war", war.toString());
  }

  @Test
  void warWithAMissingClass_isToldWithItsName() throws Exception {
    Path war = WarFile.write(directory.resolve("lacking.war"), "<filter><filter-name>f</filter-name><filter-class>"
        + "org.example.NoSuchFilter</filter-class></filter>");
    String line = fails(1, Map.of(), "--port", "0", "--war", war.toString());
    assertTrue(line.contains("does not deploy") && line.contains("org.example.NoSuchFilter"), line);
  }

  @Test
  void settingsOfARealServer_areNotMixedWithTheStandIn() throws Exception {
    assertFails(1, "jetty-runner: the environment sets AUTH_REFRESH_TOKEN, which would be mixed up with the stand-in "
        + "server's; unset that, or use the real servers with --no-stand-in",
        Map.of("AUTH_REFRESH_TOKEN", "a-secret"), "--port", "0");
  }

  @Test
  void overridesOfARealClient_areRefusedByName_andTouchNothing() throws Exception {
    Path store = Files.writeString(directory.resolve("production"), "the only refresh token");
    Map<String, String> environment = Map.of("EVERBEARER_CHAT_API_STORE", "file:" + store,
        "EVERBEARER_SAMPLE_CHAT_PROXY_REFRESH_TOKEN", "a-secret");
    String line = fails(1, environment, "--port", "0");
    assertEquals("jetty-runner: the environment sets EVERBEARER_CHAT_API_STORE, "
        + "EVERBEARER_SAMPLE_CHAT_PROXY_REFRESH_TOKEN, which would be mixed up with the stand-in server's; unset that, "
        + "or use the real servers with --no-stand-in", line);
    assertEquals("the only refresh token", Files.readString(store));
    fails(1, environment, "--port", "0", "--signed-in");
    fails(1, environment, "--port", "0", "--war", WarFile.write(directory.resolve("app.war"), "").toString());
  }

  @Test
  void overridesAsSystemProperties_areRefusedToo() throws Exception {
    String property = "-Deverbearer.sample-chat-proxy.baseUrl=https://api.example.com";
    List<String> command = new ArrayList<>(RunnerProcess.command(directory, "--port", "0"));
    command.add(1, property);
    Map<String, String> environment = Map.of("STAND_IN_BASE_URL", "http://127.0.0.1:1");
    assertEquals("jetty-runner: the environment sets STAND_IN_BASE_URL and there are the system properties "
        + "everbearer.sample-chat-proxy.baseUrl, which would be mixed up with the stand-in server's; unset that, or "
        + "use the real servers with --no-stand-in", line(1, RunnerProcess.start(directory, environment, command)));
  }

  @Test
  void missingSettings_areNamedWithoutAStandIn() throws Exception {
    assertFails(1, "jetty-runner: --no-stand-in: the environment does not set CHAT_API_BASE_URL, AUTH_ACCESS_TOKEN, "
        + "AUTH_REFRESH_TOKEN, which the sample needs; set it, or drop --no-stand-in",
        Map.of("AUTH_BASE_URL", "http://127.0.0.1:1"), "--port", "0", "--no-stand-in");
  }

  private void assertFails(int exitCode, String message, Map<String, String> environment, String... options)
      throws Exception {
    assertEquals(message, fails(exitCode, environment, options));
  }

  /** The one line on standard error. */
  private String fails(int exitCode, Map<String, String> environment, String... options) throws Exception {
    return line(exitCode, RunnerProcess.start(directory, environment, options));
  }

  private static String line(int exitCode, RunnerProcess process) throws Exception {
    try (RunnerProcess runner = process) {
      assertEquals(exitCode, runner.awaitExit(), runner.err());
      assertEquals(1, runner.err().lines().count(), runner.err());
      assertEquals("", runner.out());
      assertEquals(List.of(), runner.temporaryFiles());
      return runner.err().strip();
    }
  }
}
