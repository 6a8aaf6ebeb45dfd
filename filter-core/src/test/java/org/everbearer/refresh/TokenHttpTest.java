package org.everbearer.refresh;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What happens below HTTP, and whether it is known that nothing was sent. */
@Timeout(60)
class TokenHttpTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  private static final String BODY = "{\"access_token\":\"new-access-token\",\"refresh_token\":\"next\"}";
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration SHORT = Duration.ofMillis(300);

  private static TokenSet refresh(TokenEndpoint.Builder endpoint) throws TokenException {
    try (Closing r = new Closing(RefreshTokenGrant.builder(endpoint.build()).build())) {
      return r.refresh(TokenRefresherContract.current());
    }
  }

  private static TokenException failure(TokenEndpoint.Builder endpoint) {
    TokenException e = assertThrows(TokenException.class, () -> refresh(endpoint));
    TokenRefresherContract.assertTellsNoSecret(e);
    return e;
  }

  private static TokenEndpoint.Builder to(String url) {
    return TokenEndpoint.builder("raw").uri(url).requestTimeout(LONG);
  }

  private static void assertAnswerIs(Reason reason, RawServer.Script script) throws Exception {
    try (RawServer server = new RawServer(script)) {
      assertEquals(reason, failure(to(server.url())).reason());
      assertEquals(1, server.requests.size(), "one attempt is one request");
    }
  }

  private static void assertEndsAtDeadline(RawServer.Script script) throws Exception {
    try (RawServer server = new RawServer(script)) {
      TokenException e = failure(to(server.url()).requestTimeout(SHORT));
      assertEquals(Reason.AMBIGUOUS, e.reason());
      assertTrue(e.getMessage().contains("within the request timeout"), e.getMessage());
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void connectionRefused_isNotSent() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    assertEquals(Reason.NOT_SENT, failure(to("http://127.0.0.1:" + port + "/token")).reason());
  }

  @Test
  void unknownHost_isNotSent() {
    assertEquals(Reason.NOT_SENT, failure(to("https://no-such-host.invalid/token")).reason());
  }

  @Test
  void failedTlsHandshake_isNotSent() throws Exception {
    try (RawServer plain = new RawServer((socket, out) -> {});
        ServerSocket tls = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread garbage = new Thread(() -> {
        try (Socket socket = tls.accept()) {
          RawServer.write(socket.getOutputStream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
          socket.getInputStream().readAllBytes();
        } catch (Exception over) {
          // The client left.
        }
      });
      garbage.start();
      assertEquals(Reason.NOT_SENT, failure(to("https://127.0.0.1:" + tls.getLocalPort() + "/token")).reason());
      assertTrue(plain.requests.isEmpty());
      garbage.join();
    }
  }

  @Test
  void silentTlsHandshake_isNotSentAtTheDeadline() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      TokenException e = failure(to("https://127.0.0.1:" + silent.getLocalPort() + "/token").requestTimeout(SHORT)
          .connectTimeout(LONG));
      assertEquals(Reason.NOT_SENT, e.reason());
      assertTrue(e.getMessage().contains("within the request timeout"), e.getMessage());
    }
  }

  @Test
  void silence_isAmbiguousAtTheDeadline() throws Exception {
    assertEndsAtDeadline((socket, out) -> socket.getInputStream().read());
  }

  @Test
  void drippingBody_doesNotOutliveTheDeadline() throws Exception {
    assertEndsAtDeadline((socket, out) -> {
      RawServer.write(out, OK + "Content-Length: 100000\r\n\r\n");
      drip(out, " ");
    });
  }

  @Test
  void drippingChunks_doNotOutliveTheDeadline() throws Exception {
    assertEndsAtDeadline((socket, out) -> {
      RawServer.write(out, OK + "Transfer-Encoding: chunked\r\n\r\n");
      drip(out, "1\r\n \r\n");
    });
  }

  @Test
  void drippingHeaders_doNotOutliveTheDeadline() throws Exception {
    assertEndsAtDeadline((socket, out) -> {
      RawServer.write(out, "HTTP/1.1 200 OK\r\nX-Slow: ");
      drip(out, "x");
    });
  }

  private static void drip(OutputStream out, String drop) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    while (!never.await(20, TimeUnit.MILLISECONDS)) RawServer.write(out, drop);
  }

  @Test
  void resetBeforeTheAnswer_isAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> socket.setSoLinger(true, 0));
  }

  @Test
  void closeBeforeTheAnswer_isAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> {});
  }

  @Test
  void resetMidBody_isAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> {
      RawServer.write(out, OK + "Content-Length: 1000\r\n\r\n" + BODY.substring(0, 40));
      socket.setSoLinger(true, 0);
    });
  }

  @Test
  void truncatedErrorReply_isAmbiguousToo() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) ->
        RawServer.write(out, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\n{}"));
  }

  @Test
  void truncatedChunks_areAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) ->
        RawServer.write(out, OK + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + BODY.substring(0, 20)));
  }

  @Test
  void truncatedJsonUpToTheClose_isAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> RawServer.write(out, OK + "\r\n" + BODY.substring(0, 40)));
  }

  @Test
  void garbageThatEchoesTheRequest_isAmbiguousAndNotQuoted() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) ->
        RawServer.write(out, TokenRefresherContract.SPENT + " " + TokenRefresherContract.SPENT + "\r\n\r\n"));
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) ->
        RawServer.write(out, "HTTP/1.1 200 OK\r\n" + TokenRefresherContract.SPENT + "\r\n\r\n"));
  }

  @Test
  void endlessHeader_isAmbiguous() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> {
      RawServer.write(out, "HTTP/1.1 200 OK\r\nX-Long: ");
      while (true) RawServer.write(out, "x".repeat(10_000));
    });
  }

  @Test
  void endlessBody_isGivenUpAtTheBound() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> {
      RawServer.write(out, OK + "\r\n{\"x\":\"");
      while (true) RawServer.write(out, "x".repeat(10_000));
    });
  }

  @Test
  @Timeout(20)
  void restOfAnOversizeBody_isNotWaitedFor() throws Exception {
    assertAnswerIs(Reason.AMBIGUOUS, (socket, out) -> {
      RawServer.write(out, OK + "Content-Length: 100000000\r\n\r\n" + "x".repeat(1_100_000));
      socket.getInputStream().read();
    });
  }

  @Test
  void endlessErrorBody_isDecidedByTheStatus() throws Exception {
    assertAnswerIs(Reason.TRANSIENT, (socket, out) -> {
      RawServer.write(out, "HTTP/1.1 503 No\r\n\r\n");
      while (true) RawServer.write(out, "x".repeat(10_000));
    });
  }

  @Test
  void connection_isNeverReused() throws Exception {
    try (RawServer server = new RawServer((socket, out) -> {
      RawServer.write(out, OK + "Content-Length: " + BODY.length() + "\r\nConnection: keep-alive\r\n\r\n" + BODY);
      // A kept connection would carry the second request, which nobody reads.
      socket.getInputStream().read();
    }); Closing r = new Closing(RefreshTokenGrant.builder(to(server.url()).build()).build())) {
      assertEquals("next", r.refresh(TokenRefresherContract.current()).refreshToken());
      assertEquals("next", r.refresh(TokenRefresherContract.current()).refreshToken());
      assertEquals(2, server.requests.size());
      String request = server.requests.get(0);
      assertTrue(request.contains("Connection: close\r\n"), request);
      assertTrue(request.contains("Accept-Encoding: identity\r\n"), request);
      assertFalse(request.contains("Cookie"), request);
    }
  }

  @Test
  void closed_saysSoAndLeavesNoThread() throws Exception {
    TokenEndpoint endpoint = TokenEndpoint.builder("leak-check").uri("http://127.0.0.1:1/token").build();
    Closing r = new Closing(RefreshTokenGrant.builder(endpoint).build());
    assertThrows(TokenException.class, () -> r.refresh(TokenRefresherContract.current()));
    Thread alarm = Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("everbearer-leak-check-deadline")).findFirst().orElseThrow();
    assertTrue(alarm.isDaemon());
    r.close();
    alarm.join(30_000);
    assertFalse(alarm.isAlive());
    TokenException e = assertThrows(TokenException.class, () -> r.refresh(TokenRefresherContract.current()));
    assertEquals(Reason.CLOSED, e.reason());
  }

  @Test
  void systemProxy_isUsed() throws Exception {
    try (RawServer proxy = new RawServer((socket, out) ->
        RawServer.write(out, OK + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY))) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
      assertEquals("next", refresh(to("http://id.example.invalid/token").allowInsecure(true)).refreshToken());
      assertTrue(proxy.requests.get(0).startsWith("POST http://id.example.invalid"), proxy.requests.get(0));
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 407, 502})
  void proxyThatRefusesTheTunnel_isNotTakenForTheEndpoint(int status) throws Exception {
    try (RawServer proxy = new RawServer((socket, out) -> RawServer.write(out, "HTTP/1.1 " + status
        + " No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"))) {
      System.setProperty("https.proxyHost", "127.0.0.1");
      System.setProperty("https.proxyPort", String.valueOf(proxy.port()));
      assertEquals(Reason.NOT_SENT, failure(to("https://id.example.invalid/token")).reason());
      assertTrue(proxy.requests.get(0).startsWith("CONNECT id.example.invalid:443"), proxy.requests.get(0));
    } finally {
      System.clearProperty("https.proxyHost");
      System.clearProperty("https.proxyPort");
    }
  }
}
