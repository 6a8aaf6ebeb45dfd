package org.everbearer.runner;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "20s,PT20S", "5m,PT5M", "1h,PT1H", "PT1M30S,PT1M30S", "3S,PT3S"})
  void spellings_areRead(String text, Duration expected) {
    assertEquals(expected, Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "20 s", "-1s", "s", "1d", "1.5s", "9999999999999999h", "PT"})
  void otherSpellings_areRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1500ms", "90s", "5m", "25h", "61m"})
  void format_isReadBack(String text) {
    assertEquals(text, Durations.format(Durations.parse(text)));
  }

  @Test
  void format_isShort() {
    assertEquals("2m", Durations.format(Duration.ofSeconds(120)));
  }
}
