package org.everbearer.httpclient5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpEntity;
import org.everbearer.Origin;
import org.junit.jupiter.api.Test;

/** What a classic caller gets of a 401 that was read before it was known that nothing can be done about it. */
class KeptBodyTest {
  private final ScriptedTokenSource source =
      ScriptedTokenSource.valid("t").onRejection(rejected -> CompletableFuture.supplyAsync(() -> null,
          CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)));

  @Test
  void compressedBody_isDecompressedForTheCaller() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write("you are no admin".getBytes(StandardCharsets.UTF_8));
    }
    try (ResourceServer server = ResourceServer.start().on("/a", e -> e.with("Content-Encoding", "gzip")
            .with("Content-Type", "text/plain;charset=utf-8").reply(401, compressed.toByteArray()));
        ClassicTestClient client = new ClassicTestClient(Setup.with(Conformance.tokens(source, server)))) {
      assertEquals(new TestClient.Answer(401, "you are no admin"), client.send(Call.get(server.uri("/a"))));
    }
  }

  @Test
  void unusualContentType_isHandedOnAsItCame() throws Exception {
    try (ResourceServer server = ResourceServer.start()
            .on("/a", e -> e.with("Content-Type", "text/plain; charset=none-such; ;").reply(401, "why"));
        ClassicTestClient client = new ClassicTestClient(Setup.with(Conformance.tokens(source, server)))) {
      String seen = client.http.execute(new HttpGet(server.uri("/a")), response -> {
        HttpEntity body = response.getEntity();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        body.writeTo(content);
        return body.getContentType() + " " + body.getContentLength() + " " + content;
      });
      assertEquals("text/plain; charset=none-such; ; 3 why", seen);
    }
  }

  @Test
  void bodyThatBreaksOff_leavesTheRestOfTheAnswer() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> answerAndHangUp(listening), "test-server");
      server.setDaemon(true);
      server.start();
      URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/a");
      OutboundTokens tokens = OutboundTokens.of(source, Origin.parse(uri.resolve("/").toString()));
      try (CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build()) {
        http.execute(new HttpGet(uri), response -> {
          assertEquals(401, response.getCode());
          assertEquals("role", response.getHeader("X-Reason").getValue());
          assertNull(response.getEntity());
          return null;
        });
      }
    }
  }

  private static void answerAndHangUp(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      InputStream in = socket.getInputStream();
      for (int matched = 0; matched < 4;) matched = in.read() == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
      socket.getOutputStream().write(
          "HTTP/1.1 401 Unauthorized\r\nX-Reason: role\r\nContent-Length: 100\r\n\r\nshort".getBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
