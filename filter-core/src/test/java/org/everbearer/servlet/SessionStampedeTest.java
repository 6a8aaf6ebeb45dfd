package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;

/** Everybody comes back from lunch: no session has a valid token, and each browser sends eight requests at once. */
class SessionStampedeTest {
  private static final int SESSIONS = 1000;
  private static final int REQUESTS = 8;
  /** Requests under way: enough that those of one session always meet, and fewer than there are threads. */
  private static final int ABREAST = 160;

  @Test
  void aThousandSessionsWithEightRequestsEach_areAThousandRefreshes() throws Exception {
    try (StandIn chat = new StandIn(); Deployed deployed = Container.TOMCAT.deploy(app(chat))) {
      HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      List<String> cookies = new ArrayList<>();
      for (int s = 0; s < SESSIONS; s++) {
        HttpResponse<String> reply = http.send(request(deployed, "/expired?user=u" + s).build(), BodyHandlers.ofString());
        cookies.add(reply.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0]);
      }
      Semaphore places = new Semaphore(ABREAST);
      List<CompletableFuture<String>> replies = new ArrayList<>();
      for (int s = 0; s < SESSIONS; s++) {
        for (int r = 0; r < REQUESTS; r++) {
          places.acquire();
          HttpRequest request = request(deployed, "/token").header("Cookie", cookies.get(s)).build();
          replies.add(http.sendAsync(request, BodyHandlers.ofString()).whenComplete((reply, failed) -> places.release())
              .thenApply(HttpResponse::body));
        }
      }
      for (int i = 0; i < replies.size(); i++) {
        assertEquals("a.u" + i / REQUESTS + ".2", replies.get(i).get(2, TimeUnit.MINUTES));
      }
      assertEquals(SESSIONS, chat.refreshes.get());
    }
  }

  private static WebApp app(StandIn chat) {
    WebApp app = new WebApp()
        .client("chat-api", chat.client("identity", "session", "waitTimeout", "1m"), "/*")
        .servlet("/expired", (request, response) -> BearerTokens.of(request.getServletContext()).storeTokens(request,
            "chat-api", TokenSet.of(null, "r." + request.getParameter("user") + ".1")))
        .servlet("/token", (request, response) -> response.getWriter()
            .write(BearerTokens.of(request.getServletContext()).validAccessToken("chat-api")));
    app.threads = 2 * ABREAST;
    return app;
  }

  private static HttpRequest.Builder request(Deployed deployed, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + deployed.port() + path))
        .timeout(Duration.ofMinutes(2));
  }
}
