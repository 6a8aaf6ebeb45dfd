package org.everbearer.runner.standin;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SignInTest {
  private static final String BACK = "http://localhost:8080/callback?a=b";

  private StandIn standIn;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    standIn = StandIn.start(StandInOptions.defaults().withAlgorithm("ES256"));
    browser = new Browser(standIn);
  }

  @AfterEach
  void stop() {
    standIn.close();
  }

  @Test
  void page_offersTheUsersAndEscapesWhatItRepeats() throws Exception {
    HttpResponse<String> page = browser.get("/login?redirect_uri=http://localhost/cb&state=%22%3E%3Cscript%3E");
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("Ada Lovelace") && page.body().contains("Grace Hopper"), page.body());
    assertFalse(page.body().contains("<script>"), page.body());
  }

  @Test
  void signIn_leadsBackWithACodeThatIsGoodOnce() throws Exception {
    HttpResponse<String> back = browser.postForm("/login",
        Map.of("user", "ada", "redirect_uri", BACK, "state", "x&y"));
    assertEquals(303, back.statusCode());
    String location = back.headers().firstValue("Location").orElseThrow();
    assertTrue(location.startsWith(BACK + "&code=") && location.endsWith("&state=x%26y"), location);
    String code = URI.create(location).getQuery().replaceAll(".*code=([^&]*)&.*", "$1");
    HttpResponse<String> pair = redeem(code);
    assertEquals(200, pair.statusCode());
    assertEquals(200, browser.chat(Browser.text(pair, "accessToken")).statusCode());
    assertEquals(200, browser.refresh(Browser.text(pair, "refreshToken")).statusCode());
    assertEquals(1, standIn.stats().signIns());
    assertEquals("invalid_grant", Browser.text(redeem(code), "error"));
  }

  @Test
  void code_isGoodForAMinute() throws Exception {
    MovableClock clock = new MovableClock();
    TokenFamilies families = new TokenFamilies(clock, Duration.ZERO, true, family -> family.subject);
    SignIn signIn = new SignIn(clock, families);
    String early = signIn.code("ada");
    String late = signIn.code("grace");
    clock.advance(Duration.ofSeconds(60).minusNanos(1));
    assertEquals("user_ada", signIn.redeem(early).accessToken());
    clock.advance(Duration.ofNanos(1));
    assertNull(signIn.redeem(late));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example/", "javascript:alert(1)", "//evil.example", "", "http://[",
    "ftp://localhost/", "/relative"})
  void redirectElsewhere_isRefused(String back) throws Exception {
    HttpResponse<String> reply = browser.postForm("/login", Map.of("user", "ada", "redirect_uri", back));
    assertEquals(400, reply.statusCode());
  }

  @Test
  void unknownUser_isRefused() throws Exception {
    assertEquals(400, browser.postForm("/login", Map.of("user", "eve", "redirect_uri", BACK)).statusCode());
  }

  private HttpResponse<String> redeem(String code) throws Exception {
    return browser.postJson("/auth/v2/authenticate", "{\"code\": \"" + code + "\"}");
  }
}
