package org.everbearer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that are older, or younger, than they look. */
class OldTokensTest {
  private final VirtualTime time = new VirtualTime();
  private final List<String> presented = new ArrayList<>();
  private final List<Object> answers = new ArrayList<>();
  private RefreshCoordinator client;

  @AfterEach
  void close() {
    client.close();
  }

  private TokenSource start(TokenSet first) throws TokenException {
    TokenRefresher scripted = current -> {
      presented.add(current.refreshToken());
      Object answer = answers.remove(0);
      if (answer instanceof TokenException) throw (TokenException) answer;
      return (TokenSet) answer;
    };
    client = RefreshCoordinator.builder("test", scripted)
        .store(new MemoryTokenStore(time))
        .firstTokens(first)
        .reuseGrace(Duration.ofSeconds(10))
        .refreshMargin(Duration.ofSeconds(10))
        .time(time, time.node(), () -> 0)
        .build();
    client.start();
    time.run();
    return client.application();
  }

  @Test
  void replayAnsweredWithAPairWhoseAccessTokenIsOver_isGoneOnFromAtOnce() throws Exception {
    answers.add(new TokenException(Reason.AMBIGUOUS, "lost"));
    answers.add(TokenSet.of("A2", "R2").expiresIn(Duration.ofSeconds(-1)));
    answers.add(TokenSet.of("A3", "R3").expiresIn(Duration.ofMinutes(1)));
    TokenSource source = start(TokenSet.of(null, "R1"));
    time.advance(Duration.ofSeconds(1));
    assertEquals(Arrays.asList("R1", "R1", "R2"), presented);
    assertEquals("A3", source.token());
  }

  @Test
  void firstAnswerWithATokenThatIsOver_isAnOddServer_andNotAskedAgain() throws Exception {
    answers.add(TokenSet.of("A2", "R2").expiresIn(Duration.ofSeconds(-1)));
    TokenSource source = start(TokenSet.of(null, "R1"));
    assertEquals("A2", source.token());
    assertEquals(Collections.singletonList("R1"), presented);
  }

  @Test
  void configuredToken_isNotHeldForLongerThanItWasGiven_howeverLateTheClockIs() throws Exception {
    long inAnHour = time.currentTimeMillis() / 1000 + 3600;
    answers.add(TokenSet.of("A2", "R2").expiresIn(Duration.ofMinutes(1)));
    TokenSource source = start(TokenSet.of(jwt(inAnHour, inAnHour + 60), "R1"));
    assertEquals(0, presented.size());
    time.advance(Duration.ofSeconds(61));
    assertEquals("A2", source.token());
    assertTrue(presented.contains("R1"));
  }

  private static String jwt(long issuedAt, long expiresAt) {
    return part("{\"alg\":\"none\"}") + "." + part("{\"iat\":" + issuedAt + ",\"exp\":" + expiresAt + "}") + ".";
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
