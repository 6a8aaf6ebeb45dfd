package org.everbearer.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.everbearer.runner.standin.StandIn;
import org.everbearer.runner.standin.StandInOptions;
import org.everbearer.runner.standin.TokenPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code java -jar jetty-runner.jar check} as scripts call it: exit codes, and what stands where. */
class CheckIT {
  private static final Path SAMPLE = Path.of(System.getProperty("runner.jar")).resolveSibling("classes")
      .resolve("everbearer-sample-webapp.war");

  @TempDir
  Path directory;

  @Test
  void help_warnsThatARefreshSpendsTheToken() throws Exception {
    try (RunnerProcess check = RunnerProcess.start(directory, "check", "--help")) {
      assertEquals(0, check.awaitExit());
      assertTrue(check.out().contains("THIS SPENDS THE SINGLE-USE REFRESH TOKEN"), check.out());
      assertEquals("", check.err());
    }
    assertTrue(RunnerOptions.HELP.contains("check --help"), "the runner's own help leads there");
  }

  @Test
  void wrongCommandLine_is2_andOneLine() throws Exception {
    try (RunnerProcess check = RunnerProcess.start(directory, "check", "--wra", "x")) {
      assertEquals(2, check.awaitExit());
      assertEquals("jetty-runner: check: unknown option --wra; did you mean --war?\n", check.err());
      assertEquals("", check.out());
    }
  }

  @Test
  void missingWar_is1() throws Exception {
    try (RunnerProcess check = RunnerProcess.start(directory, "check", "--war", "no.war")) {
      assertEquals(1, check.awaitExit());
      assertTrue(check.err().contains("there is no such file"), check.err());
    }
  }

  @Test
  void sampleWithoutItsEnvironment_is1_andNamesWhatLacks() throws Exception {
    try (RunnerProcess check = RunnerProcess.start(directory, "check", "--war", SAMPLE.toString())) {
      assertEquals(1, check.awaitExit(), check.err());
      assertTrue(check.out().contains("PROBLEM"), check.out());
      assertTrue(check.out().contains("AUTH_BASE_URL"), check.out());
      assertTrue(check.out().contains("is made for jakarta.servlet, as the application is"), check.out());
      assertFalse(check.out().contains("WEB-INF/lib holds no"), check.out());
      assertFalse(check.out().contains("ASYNC"), check.out());
      assertEquals(List.of(), check.temporaryFiles());
    }
  }

  @Test
  void sampleInItsEnvironment_is0_andItsRefreshIsKept() throws Exception {
    try (StandIn standIn = StandIn.start(StandInOptions.defaults())) {
      TokenPair first = standIn.newFamily("user_check", "org_check");
      Map<String, String> environment = Map.of("CHAT_API_BASE_URL", standIn.baseUri().toString(),
          "AUTH_BASE_URL", standIn.baseUri().toString(), "AUTH_ACCESS_TOKEN", first.accessToken(),
          "AUTH_REFRESH_TOKEN", first.refreshToken(), "EVERBEARER_SAMPLE_CHAT_PROXY_STORE", "dotenv:kept.env");
      try (RunnerProcess check =
          RunnerProcess.start(directory, environment, "check", "--war", SAMPLE.toString(), "--refresh")) {
        assertEquals(0, check.awaitExit(), check.out() + check.err());
        assertEquals("", check.err(), "nothing is logged beside what is said");
        assertTrue(check.out().contains("environment variable EVERBEARER_SAMPLE_CHAT_PROXY_STORE"), check.out());
        String kept = Files.readString(directory.resolve("kept.env"));
        assertFalse(kept.contains(first.refreshToken()), "the successor is there");
        kept.lines().map(line -> line.substring(line.indexOf('=') + 1))
            .forEach(token -> assertFalse(outOf(check).contains(token), "no token is printed"));
        assertFalse(check.out().contains(first.accessToken()) || check.out().contains(first.refreshToken()));
      }
      assertEquals(1, standIn.stats().rotations());
    }
  }

  private static String outOf(RunnerProcess check) {
    try {
      return check.out();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
