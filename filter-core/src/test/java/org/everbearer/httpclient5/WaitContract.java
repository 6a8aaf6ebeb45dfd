package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException;
import org.junit.jupiter.api.Test;

/** Waiting for a token: it comes, it does not come, the caller no longer wants it. */
interface WaitContract extends Conformance {
  @Test
  default void expiredToken_requestWaitsForTheRefresh() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.expired("t");
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(200, "t-2"), client.send(Call.post(server.uri("/a"), "x")));
      assertEquals(1, server.received().size());
    }
  }

  @Test
  default void noToken_requestIsNotSentAndTheReasonIsACause() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.expired("t").onRefresh(WaitContract::fail);
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).retries(new EagerRetries()))) {
      Exception thrown = assertThrows(Exception.class, () -> client.send(Call.get(server.uri("/a"))));
      assertEquals(TokenException.Reason.REJECTED, tokenException(thrown).reason());
      assertEquals(List.of(), server.received());
      assertEquals(1, source.asked.get(), "HttpClient did not retry");
    }
  }

  @Test
  default void refreshAfterARejectionFails_surfacesOnce() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRefresh(WaitContract::fail);
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::rejectFirst);
        TestClient client = client(Setup.with(Conformance.tokens(source, server)).retries(new EagerRetries()))) {
      Exception thrown = assertThrows(Exception.class, () -> client.send(Call.get(server.uri("/a"))));
      assertEquals(TokenException.Reason.REJECTED, tokenException(thrown).reason());
      assertEquals(1, server.received().size());
      assertEquals(1, source.refreshes.get());
      source.onRefresh(() -> {});
      assertEquals(200, client.send(Call.get(server.uri("/a"))).status(), "the client is still of use");
    }
  }

  @Test
  default void nobodyBound_requestIsNotSentAndTheReasonIsACause() throws Exception {
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::echoToken);
        TestClient client = client(Setup.with(new UserTokens(Conformance.origin(server)))
            .retries(new EagerRetries()))) {
      Exception thrown = assertThrows(Exception.class, () -> client.send(Call.get(server.uri("/a"))));
      assertEquals(TokenException.Reason.NO_TOKENS, tokenException(thrown).reason());
      assertEquals(List.of(), server.received());
    }
  }

  @Test
  default void refreshAfterARejectionFailsForNow_theApisAnswerIsTheCallers() throws Exception {
    ScriptedTokenSource source = ScriptedTokenSource.valid("t").onRefresh(() -> {
      throw new TokenException(TokenException.Reason.TRANSIENT, "try again later");
    });
    try (ResourceServer server = ResourceServer.start().on("/a", Conformance::rejectFirst);
        TestClient client = client(source, server)) {
      assertEquals(new TestClient.Answer(401, "rejected"), client.send(Call.get(server.uri("/a"))));
      assertEquals("t-1", source.accessToken().value(), "which is still in use");
    }
  }

  @Test
  default void cancelledBeforeTheFirstToken_isNeverSent() throws Exception {
    cancelled(ScriptedTokenSource.expired("t"), "/a", List.of());
  }

  @Test
  default void cancelledAfterARejection_isNeverRepeated() throws Exception {
    cancelled(ScriptedTokenSource.valid("t"), "/a", List.of("Bearer t-1"));
  }

  @Test
  default void cancelledBeforeTheTokenOfARedirect_isNotFollowed() throws Exception {
    cancelled(ScriptedTokenSource.valid("t"), "/expires", List.of("Bearer t-1"));
  }

  @Test
  default void cancelledAfterARejectionOfARedirect_isNeverRepeated() throws Exception {
    cancelled(ScriptedTokenSource.valid("t"), "/start", List.of("Bearer t-1", "Bearer t-1"));
  }

  @Test
  default void cancelledBeforeTheTokenOfARedirectFromElsewhere_isNotFollowed() throws Exception {
    cancelled(ScriptedTokenSource.expired("t"), "/elsewhere", List.of());
  }

  /** Ends at once: the refresh goes on only after that. */
  private void cancelled(ScriptedTokenSource source, String path, List<String> sentBefore) throws Exception {
    CountDownLatch refreshing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    source.onRefresh(() -> {
      refreshing.countDown();
      await(goOn);
    });
    try (ResourceServer server = ResourceServer.start()
            .on("/a", Conformance::rejectFirst)
            .on("/start", e -> e.with("Location", "/a").reply(307, ""))
            .on("/expires", e -> {
              source.expire();
              e.with("Location", "/a").reply(307, "");
            });
        ResourceServer foreign = ResourceServer.start()
            .on("/elsewhere", e -> e.with("Location", server.uri("/a").toString()).reply(307, ""));
        TestClient client = client(
            Setup.with(Conformance.tokens(source, server)).poolOfOne().retries(new EagerRetries()))) {
      URI uri = (path.equals("/elsewhere") ? foreign : server).uri(path);
      TestClient.Pending pending = client.begin(Call.post(uri, "unwanted"));
      await(refreshing);
      pending.cancel();
      Exception thrown = assertThrows(Exception.class, pending::await);
      assertTrue(thrown instanceof InterruptedIOException || thrown instanceof CancellationException,
          () -> "the word for an abortion is not " + thrown);
      goOn.countDown();
      source.awaitRefresh();

      TestClient.Pending next = client.begin(Call.get(server.uri("/a")));
      assertEquals(new TestClient.Answer(200, "t-2"), next.await());
      assertEquals(1, source.refreshes.get(), "giving up does not cancel the refresh");
      assertEquals(sentBefore, server.authorizations().subList(0, sentBefore.size()));
      assertEquals(sentBefore.size() + 1, server.received().size());
    }
  }

  private static void fail() throws TokenException {
    throw new TokenException(TokenException.Reason.REJECTED, "the refresh token is dead");
  }

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TokenException tokenException(Exception thrown) throws IOException {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof TokenException) return (TokenException) cause;
    }
    throw new IOException("no TokenException among the causes", thrown);
  }
}
