package org.everbearer.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Complete answers whose tokens are not what RFC 6749 §5.1 says: whatever of them can be used is used. */
class OddTokensTest {
  private static TokenSet answer(String body) throws Exception {
    try (RawServer server = new RawServer((socket, out) -> RawServer.write(out,
            "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        Closing r = new Closing(RefreshTokenGrant.builder(
            TokenEndpoint.builder("odd").uri(server.url()).build()).build())) {
      return r.refresh(TokenSet.of("old", "spent"));
    }
  }

  /** The server has rotated: to present the old one again would end the family. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "true", "{}", "[1]"})
  void noUsableAccessToken_theNewRefreshTokenIsKept(String access) {
    TokenException e = assertThrows(TokenException.class,
        () -> answer("{\"access_token\":" + access + ",\"refresh_token\":\"next\"}"));
    assertEquals("next", e.rotatedRefreshToken());
    assertEquals(Reason.TRANSIENT, e.reason());
  }

  @Test
  void neitherToken_isAnUnknownOutcome() {
    TokenException e = assertThrows(TokenException.class, () -> answer("{\"access_token\":null}"));
    assertNull(e.rotatedRefreshToken());
    assertEquals(Reason.AMBIGUOUS, e.reason());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"1001|1001", "12345678901234567890123|12345678901234567890123", "null|", "\"\"|"})
  void refreshToken_isWhatTheServerMeans(String json, String expected) throws Exception {
    TokenSet tokens = answer("{\"access_token\":\"42\",\"refresh_token\":" + json + "}");
    assertEquals("42", tokens.accessToken());
    assertEquals(expected, tokens.refreshToken());
  }

  /** It is no omission: to keep the old one would be to present it again. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "[\"next\"]", "true", "\"\\ud83d\\ude00\"", "\"a\\nb\""})
  void refreshTokenThatCannotBeKept_isTheServersMistake(String json) {
    TokenException e = assertThrows(TokenException.class,
        () -> answer("{\"access_token\":\"good\",\"refresh_token\":" + json + "}"));
    assertEquals(Reason.CONFIGURATION, e.reason());
  }

  @Test
  void membersThatNobodyNeeds_mayBeAsDeepAsTheyLike() throws Exception {
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    TokenSet tokens = answer("{\"user\":" + deep + ",\"access_token\":\"good\",\"refresh_token\":\"next\"}");
    assertEquals("next", tokens.refreshToken());
  }
}
