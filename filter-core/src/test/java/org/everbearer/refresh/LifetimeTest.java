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
    assertEquals(Duration.ofSeconds(50), of(value, ISSUED_AT_1000_UNTIL_1300, 1250L));
  }

  private static void assertLeft(long expectedSeconds, long iat, long exp, long date) {
    String token = Jwts.unsigned("{\"iat\":" + iat + ",\"exp\":" + exp + "}");
    assertEquals(Duration.ofSeconds(expectedSeconds), of(null, token, date));
  }

  @Test
  void firstAnswer_hasAllThatItWasGiven() {
    assertLeft(300, 1000, 1300, 1000);
    assertLeft(3600, 1000, 4600, 1000);
  }

  @Test
  void shortToken_losesNoSecondToTheHeadersResolution() {
    assertLeft(2, 1000, 1002, 1000);
    assertLeft(1, 1000, 1001, 1000);
    assertLeft(1, 1000, 1002, 1001);
  }

  @Test
  void replay_carriesAnOlderToken() {
    assertLeft(210, 1000, 1300, 1090);
    assertLeft(0, 1000, 1090, 1090);
    assertLeft(-30, 1000, 1060, 1090);
    assertLeft(-88, 1000, 1002, 1090);
    assertLeft(-298, 1000, 1002, 1300);
  }

  @ParameterizedTest
  @CsvSource({"3600,7200", "3600,3600", "300,7200", "60,86400", "2,301", "28800,30000"})
  void proxysClockAhead_isNotBelievedWhenItSaysOver(long given, long ahead) {
    assertLeft(given, 1_000_000, 1_000_000 + given, 1_000_000 + ahead);
  }

  @ParameterizedTest
  @CsvSource({"3600,7200", "3600,1", "300,60", "2,1", "2,86400"})
  void proxysClockBehind_givesNoMoreThanWasGiven(long given, long behind) {
    assertLeft(given, 1_000_000, 1_000_000 + given, 1_000_000 - behind);
  }

  @Test
  void issuersClockAhead_isTheSameAsTheProxysBehind() {
    long now = 1_000_000;
    assertLeft(3600, now + 7200, now + 10_800, now);
    assertLeft(60, now + 1, now + 61, now);
  }

  @Test
  void issuersClockBehind_isTheSameAsTheProxysAhead() {
    long now = 1_000_000;
    assertLeft(3600, now - 7200, now - 3600, now);
    assertLeft(1800, now - 1800, now + 1800, now);
  }

  @Test
  void oneTokenUntilItEnds_livesUntilThenByDate() {
    assertLeft(1800, 1000, 4600, 2800);
    assertLeft(360, 1000, 4600, 4240);
  }

  @Test
  void nearlyOverLongAfterIssue_isATenthAtLeast() {
    // A caching server or a wrong clock: late by a tenth of a life, or a refresh for each tenth, and not worse.
    assertLeft(360, 1000, 4600, 4241);
    assertLeft(360, 1000, 4600, 4599);
    assertLeft(3600, 1000, 4600, 4600);
  }

  @Test
  void lessThanFiveMinutesOld_isBelievedToTheEnd() {
    assertLeft(1, 1000, 1301, 1300);
    assertLeft(30, 1000, 1301, 1271);
  }

  @Test
  void noDate_issuedAtIsTheNextBest() {
    assertEquals(Duration.ofSeconds(300), of(null, ISSUED_AT_1000_UNTIL_1300, null));
  }

  @Test
  void noIssuedAt_dateIsTheOnlyWitness() {
    String until1300 = Jwts.unsigned("{\"exp\":1300}");
    assertEquals(Duration.ofSeconds(50), of(null, until1300, 1250L));
    assertEquals(Duration.ofSeconds(2), of(null, until1300, 1298L));
    assertEquals(Duration.ZERO, of(null, until1300, 1300L));
    assertEquals(Duration.ofSeconds(-100), of(null, until1300, 1400L));
  }

  @Test
  void expiryBeforeIssue_dateIsTheOnlyWitness() {
    assertLeft(50, 1400, 1300, 1250);
    assertLeft(-50, 1400, 1300, 1350);
    assertLeft(-100, 1300, 1300, 1400);
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
    assertEquals(Duration.ofSeconds(2_682_374_400L - 1000), of(null, Jwts.unsigned("{\"exp\":2682374400}"), 1000L));
    assertLeft(Duration.ofDays(36_525).getSeconds(), 0, 9_000_000_000_000L, 0);
  }
}
