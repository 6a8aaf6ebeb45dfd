package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "1h,PT1H", "0,PT0S", "0s,PT0S", "PT5M,PT5M", "P1D,PT24H",
      "pt1.5s,PT1.5S", "90m,PT90M"})
  void validSpelling_isRead(String text, String iso) {
    assertEquals(Duration.parse(iso), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5 m", "5min", "-5m", "-PT5M", "5d", "m", "5m30s", "1.5h", "five", "0x5s",
      "9999999999999999999s"})
  void otherSpelling_isRefusedWithTheRule(String text) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
    assertTrue(e.getMessage().startsWith("must be a duration such as 500ms, 30s, 5m, 1h"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"300,300s", "5 m,5m", "5min,5m", "30sec,30s", "30 seconds,30s", "100millis,100ms", "2H,2h", "7MS,7ms"})
  void nearMiss_isCorrected(String text, String suggestion) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
    assertTrue(e.getMessage().endsWith("did you mean " + suggestion + "?"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1ms", "1500ms", "30s", "5m", "90s", "1h", "24h", "PT0.0000005S"})
  void format_isReadBackAsTheSame(String text) {
    assertEquals(text, Durations.format(Durations.parse(text)));
  }

  @Test
  void format_choosesTheLargestUnit() {
    assertEquals("2h", Durations.format(Duration.ofSeconds(7200)));
    assertEquals("2m", Durations.format(Duration.ofMillis(120_000)));
  }
}
