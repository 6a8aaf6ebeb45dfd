package org.everbearer.runner;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunnerOptionsTest {
  @Test
  void nothingGiven_servesTheSampleOnLoopback() throws Exception {
    RunnerOptions options = RunnerOptions.parse();
    assertNull(options.war());
    assertEquals("127.0.0.1", options.host());
    assertEquals(8080, options.port());
    assertEquals("/", options.contextPath());
    assertTrue(options.standIn());
    assertEquals(Duration.ofSeconds(20), options.accessTokenLifetime());
    assertFalse(options.signedIn());
    assertFalse(options.exitWithParent());
  }

  @Test
  void values_mayFollowOrBeJoined() throws Exception {
    RunnerOptions options = RunnerOptions.parse("--war", "a b.war", "--port=0", "--context-path=/x/y",
        "--access-token-lifetime", "3s", "--host=0.0.0.0", "--signed-in", "--exit-with-parent");
    assertTrue(options.signedIn());
    assertEquals(Path.of("a b.war").toAbsolutePath(), options.war());
    assertEquals(0, options.port());
    assertEquals("/x/y", options.contextPath());
    assertEquals(Duration.ofSeconds(3), options.accessTokenLifetime());
    assertEquals("0.0.0.0", options.host());
    assertTrue(options.exitWithParent());
  }

  @Test
  void help_winsOverWhatIsWrong() throws Exception {
    assertTrue(RunnerOptions.parse("--nonsense", "--help").help());
  }

  @Test
  void help_namesEveryOption() throws Exception {
    for (String option : new String[] {"--war", "--port", "--host", "--context-path", "--access-token-lifetime",
        "--no-stand-in", "--signed-in", "--exit-with-parent", "--help"}) {
      assertTrue(RunnerOptions.HELP.contains("  " + option + " "), option);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--prot 8080|unknown option --prot; did you mean --port?",
    "--acces-token-lifetime 3s|unknown option --acces-token-lifetime; did you mean --access-token-lifetime?",
    "--no-standin|unknown option --no-standin; did you mean --no-stand-in?",
    "--zzzzzzzzz|unknown option --zzzzzzzzz; see --help",
    "app.war|unexpected argument \"app.war\"; see --help",
    "--port|--port needs a value; see --help",
    "--port 1 --port 2|--port is given twice; drop one",
    "--port 65536|--port 65536: must be a number from 0 to 65535",
    "--port -1|--port -1: must be a number from 0 to 65535",
    "--port http|--port http: must be a number from 0 to 65535",
    "--context-path demo|--context-path \"demo\": must be / or begin, and not end, with one, as in /demo",
    "--context-path /demo/|--context-path \"/demo/\": must be / or begin, and not end, with one, as in /demo",
    "--access-token-lifetime 0s|--access-token-lifetime 0s: must be at least 1ms and at most a hundred years",
    "--access-token-lifetime soon|"
        + "--access-token-lifetime soon: not a duration: write 500ms, 20s, 5m, 1h or ISO-8601 (PT20S)",
    "--war=|--war \"\": not a file name",
    "--no-stand-in=yes|--no-stand-in takes no value; drop \"=yes\"",
    "--no-stand-in --access-token-lifetime 3s|"
        + "--access-token-lifetime: there is no stand-in server to issue tokens; drop it or --no-stand-in"})
  void mistakes_areToldWithTheirRemedy(String line, String message) {
    UserError error = assertThrows(UserError.class, () -> RunnerOptions.parse(line.split(" ")));
    assertEquals(message, error.getMessage());
    assertEquals(UserError.USAGE, error.exitCode());
  }
}
