package org.everbearer.runner.check;

import java.util.List;
import java.util.Map;
import org.everbearer.runner.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckOptionsTest {

  @Test
  void config_takesAllThatFollows_andValuesWithEqualsSigns() throws Exception {
    CheckOptions options = CheckOptions.parse(List.of("--config", "baseUrl=https://a?b=c", "refreshToken=#{env:X}",
        "--refresh", "--config=scope=a b", "--client", "rooms"));
    assertEquals(Map.of("baseUrl", "https://a?b=c", "refreshToken", "#{env:X}", "scope", "a b"), options.config());
    assertTrue(options.refresh());
    assertEquals("rooms", options.client());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--wra app.war                  | check: unknown option --wra; did you mean --war?",
    "app.war                        | check: unexpected argument; see check --help",
    "--client x                     | check: needs --war FILE or --config KEY=VALUE..., and not both; see check --help",
    "--war a.war --config a=b       | check: needs --war FILE or --config KEY=VALUE..., and not both; see check --help",
    "--war                          | check: --war needs a value; see check --help",
    "--war --refresh                | check: --war needs a value; see check --help",
    "--war a.war --war b.war        | check: --war is given twice; drop one",
    "--war a.war --refresh=yes      | check: --refresh takes no value",
    "--war a.war --save-to x        | check: --save-to has no meaning without --refresh; drop it",
    "--config a=b a=c               | check: --config a is given twice; drop one",
  })
  void wrongCommandLine_isUsage(String line, String message) {
    UserError error = assertThrows(UserError.class, () -> CheckOptions.parse(List.of(line.trim().split(" "))));
    assertEquals(message, error.getMessage());
    assertEquals(2, error.exitCode());
  }

  @Test
  void messages_repeatNoValue() {
    UserError error = assertThrows(UserError.class, () -> CheckOptions.parse(List.of("--config", "a-secret-alone")));
    assertTrue(error.getMessage().startsWith("check: --config takes KEY=VALUE"), error.getMessage());
    assertTrue(!error.getMessage().contains("a-secret-alone"), error.getMessage());
  }
}
