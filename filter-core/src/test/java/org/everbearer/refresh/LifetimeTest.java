package org.everbearer.refresh;

import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class LifetimeTest {
  private static final String ISSUED_AT_1000_UNTIL_1300 = Jwts.unsigned("{\"iat\":1000,\"exp\":1300}");

  private static Duration of(String expiresIn, String token, Long date) {
    return Lifetime.of(expiresIn == null ? null : JsonParser.parseString(expiresIn), token,
        date == null ? null : Instant.ofEpochSecond(date));
  }

  @ParameterizedTest
  @CsvSource({"300,PT5M", "'\"300\"',PT5M", "'\" 300 \"',PT5M", "0,PT0S", "'\"0\"',PT0S", "-60,PT-1M", "1.5,PT1.5S",
      "3e2,PT5M", "9223372036854775807,P36525D", "'\"99999999999999999999\"',P36525D",
      "-9223372036854775808,P-36525D", "1e300,P36525D"})
  void expiresIn_winsOverEverything(String value, Duration expected) {
    assertEquals(expected, of(value, ISSUED_AT_1000_UNTIL_1300, 1250L));
  }

  @ParameterizedTest
  @CsvSource({"true", "null", "{}", "[300]", "'\"\"'", "'\"soon\"'", "'\"NaN\"'", "'\"Infinity\"'", "'\"0x10\"'",
      "'\"5m\"'",
      "1e999", "'\"1e999\"'"})
  void oddExpiresIn_countsAsAbsent(String value) {
    assertEquals(Duration.ofSeconds(49), of(value, ISSUED_AT_1000_UNTIL_1300, 1250L));
  }

  @Test
  void date_winsOverIssuedAt() {
    assertEquals(Duration.ofSeconds(49), of(null, ISSUED_AT_1000_UNTIL_1300, 1250L));
  }

  @Test
  void expiredByTheServersClock_isKeptAsNegative() {
    assertEquals(Duration.ofSeconds(-100), of(null, ISSUED_AT_1000_UNTIL_1300, 1400L));
  }

  @Test
  void date_mayBeAlmostASecondOld() {
    assertEquals(Duration.ofSeconds(2), of(null, ISSUED_AT_1000_UNTIL_1300, 1297L));
    assertEquals(Duration.ofSeconds(1), of(null, ISSUED_AT_1000_UNTIL_1300, 1298L));
    assertEquals(Duration.ofSeconds(1), of(null, ISSUED_AT_1000_UNTIL_1300, 1299L));
    assertEquals(Duration.ZERO, of(null, ISSUED_AT_1000_UNTIL_1300, 1300L));
  }

  @Test
  void noDate_issuedAtIsTheNextBest() {
    assertEquals(Duration.ofSeconds(300), of(null, ISSUED_AT_1000_UNTIL_1300, null));
  }

  @Test
  void nothingKnown_isUnset() {
    assertNull(of(null, "opaque", 1000L));
    assertNull(of(null, Jwts.unsigned("{\"exp\":1300}"), null));
    assertNull(of(null, Jwts.unsigned("{\"iat\":1000}"), 1000L));
    assertNull(of(null, Jwts.unsigned("{\"iat\":1300,\"exp\":1000}"), null));
  }

  @Test
  void year2055_isNoOverflow() {
    assertEquals(Duration.ofSeconds(2_682_374_400L - 1001), of(null, Jwts.unsigned("{\"exp\":2682374400}"), 1000L));
  }
}
