package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticTokensTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration AT_ONCE = Duration.ofMillis(5);

  @TempDir Path directory;

  private TokenClient started(String accessToken, Duration watchInterval) throws Exception {
    ConfigSource source = Given.source(Given.valid(Protocol.STATIC, "accessToken",
        accessToken)).baseDirectory(directory).build();
    TokenClient client = TokenClient.of(ClientConfig.read(source), watchInterval);
    client.start();
    return client;
  }

  private Path write(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content);
  }

  private static String jwt(Instant expiry) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String claims = "{\"sub\":\"u\",\"exp\":" + expiry.getEpochSecond() + "}";
    return encoder.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
  }

  @Test
  void opaqueToken_isServedAsItIs() throws Exception {
    try (TokenClient client = started("#{env:AT}", NEVER)) {
      assertEquals(Given.ACCESS_TOKEN, client.coordinator().application().token());
    }
  }

  @Test
  void jwtThatLives_isServed() throws Exception {
    String token = jwt(Instant.now().plusSeconds(600));
    try (TokenClient client = started(token, NEVER)) {
      assertEquals(token, client.coordinator().application().token());
    }
  }

  @Test
  void jwtThatHasExpired_isReportedWithItsExpiryAndThePlace() throws Exception {
    Instant expiry = Instant.ofEpochSecond(1_700_000_000);
    try (TokenClient client = started(jwt(expiry), NEVER)) {
      TokenException e = assertThrows(TokenException.class, () -> client.coordinator().application().token());
      assertEquals(Reason.CONFIGURATION, e.reason());
      assertTrue(e.getMessage().contains("the static token of client chat-api has expired at 2023-11-14T22:13:20Z;"
          + " replace it in init-param and start the application again"), e.getMessage());
    }
  }

  @Test
  void jwtThatIsAboutToExpire_isNotCalledRejected() throws Exception {
    String token = jwt(Instant.now().plusSeconds(20));
    StaticTokens tokens = new StaticTokens(Given.config(Given.valid(Protocol.STATIC, "accessToken", token)));
    TokenException e = assertThrows(TokenException.class, () -> tokens.refresh(null));
    assertTrue(e.getMessage().contains("the static token of client chat-api expires at "), e.getMessage());
  }

  @Test
  void fileThatIsReplaced_isTakenUpWithoutARestart() throws Exception {
    write("token", "at-old\n");
    try (TokenClient client = started("#{file:token}", AT_ONCE)) {
      TokenSource source = client.coordinator().application();
      assertEquals("at-old", source.token());
      write("token.new", "at-new\n");
      Files.move(directory.resolve("token.new"), directory.resolve("token"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Poll.until(() -> source.token().equals("at-new"));
      assertEquals("at-new", source.token());
    }
  }

  @Test
  void dotenvKeyThatIsReplaced_isTakenUpWithoutARestart() throws Exception {
    write(".env", "A=1\nTOKEN='at-old'\n");
    try (TokenClient client = started("#{dotenv:.env#TOKEN}", AT_ONCE)) {
      TokenSource source = client.coordinator().application();
      assertEquals("at-old", source.token());
      write(".env", "A=1\nTOKEN='at-new'\n");
      Poll.until(() -> source.token().equals("at-new"));
      assertEquals("at-new", source.token());
    }
  }

  @Test
  void fileThatIsEmptyOrGoneForAMoment_changesNothing() throws Exception {
    Path file = write("token", "at-old");
    StaticTokens tokens = new StaticTokens(Given.config(Given.valid(Protocol.STATIC, "accessToken", "#{file:" + file
        + "}")));
    write("token", "");
    assertNull(tokens.replacement());
    Files.delete(file);
    assertNull(tokens.replacement());
    write("token", "not a token");
    assertNull(tokens.replacement());
    write("token", "at-new");
    assertEquals("at-new", tokens.replacement().accessToken());
    assertNull(tokens.replacement());
  }

  @Test
  void expiredReplacement_doesNotTakeThePlaceOfALiveToken() throws Exception {
    Path file = write("token", "at-old");
    StaticTokens tokens = new StaticTokens(Given.config(Given.valid(Protocol.STATIC, "accessToken", "#{file:" + file
        + "}")));
    write("token", jwt(Instant.ofEpochSecond(1_700_000_000)));
    assertNull(tokens.replacement());
    write("token", "at-new");
    assertEquals("at-new", tokens.replacement().accessToken());
  }

  @Test
  void rejectedToken_isReadAgainAtOnce() throws Exception {
    write("token", "at-old");
    try (TokenClient client = started("#{file:token}", NEVER)) {
      TokenSource source = client.coordinator().application();
      String old = source.token();
      write("token", "at-new");
      source.invalidate(old);
      assertEquals("at-new", source.token());
    }
  }

  @Test
  void rejectedTokenWithoutAReplacement_isReportedWithItsFile() throws Exception {
    Path file = write("token", "at-old");
    try (TokenClient client = started("#{file:token}", NEVER)) {
      TokenSource source = client.coordinator().application();
      assertNull(source.replacementFor("at-old").get(), "the API's own answer goes to the caller");
      assertEquals("at-old", source.token(), "there is no other one, and elsewhere it may be good");
      TokenException e = (TokenException) assertThrows(ExecutionException.class,
          client.coordinator().refreshNow(null)::get).getCause();
      assertEquals(Reason.CONFIGURATION, e.reason());
      assertTrue(e.getMessage().contains("the static token of client chat-api was rejected; replace it in " + file),
          e.getMessage());
      assertFalse(e.getMessage().contains("at-old"));
    }
  }

  @Test
  void replacementAfterARejection_endsTheFailure() throws Exception {
    write("token", "at-old");
    try (TokenClient client = started("#{file:token}", AT_ONCE)) {
      TokenSource source = client.coordinator().application();
      assertNull(source.replacementFor("at-old").get());
      write("token", "at-new");
      Poll.until(() -> "at-new".equals(source.accessTokenNow().value()));
      assertEquals("at-new", source.token());
    }
  }
}
