package org.everbearer.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.catalina.LifecycleException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NoTokenTest {
  @TempDir
  Path directory;

  @Test
  void identityServerIsDown_chatAndHealthSayUnavailable() throws Exception {
    try (Upstream upstream = new Upstream()) {
      upstream.identityServerIsDown = true;
      try (SampleServer server = new SampleServer(directory, Map.of(
          "CHAT_API_BASE_URL", upstream.url(), "AUTH_BASE_URL", upstream.url(),
          "AUTH_ACCESS_TOKEN", upstream.accessToken(-30), "AUTH_REFRESH_TOKEN", upstream.refreshToken()))) {
        for (HttpResponse<String> answer : List.of(server.chat("a"), server.stream("a"))) {
          assertEquals(503, answer.statusCode(), answer.body());
          assertTrue(answer.headers().firstValue("Retry-After").isPresent());
          assertFalse(answer.body().contains("Exception"), answer.body());
        }
        int before = upstream.refreshes.get();
        for (int i = 0; i < 100; i++) {
          HttpResponse<String> health = server.get("/health");
          assertEquals(503, health.statusCode());
          JsonObject body = Json.parse(health.body());
          assertEquals("DOWN", Json.string(body, "status"));
          assertTrue(body.get("tokenExpired").getAsBoolean());
        }
        assertTrue(upstream.refreshes.get() - before < 50, "each question about health asked the identity server");
      }
    }
  }

  @Test
  void missingAddress_failsTheDeployment() {
    assertThrows(LifecycleException.class, () -> new SampleServer(directory, Map.of()));
  }
}
