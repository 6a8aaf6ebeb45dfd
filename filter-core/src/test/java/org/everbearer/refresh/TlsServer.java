package org.everbearer.refresh;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A token endpoint behind TLS, or what stands in its place. Counts the requests that it has read. */
final class TlsServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Connection connection;
  final AtomicInteger requests = new AtomicInteger();

  /** What happens on a connection; closed in the end. */
  interface Connection {
    void serve(Socket socket, TlsServer server) throws Exception;
  }

  TlsServer(Connection connection) throws IOException {
    this.connection = connection;
    Thread thread = new Thread(this::accept, "tls-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Speaks TLS of these versions. */
  static TlsServer speaking(SSLContext context, boolean wantsClient, String... versions) throws IOException {
    return new TlsServer((plain, server) -> {
      // Over a socket that outlives it, so that an alert is not overtaken by the reset that a close would send.
      SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), false);
      tls.setUseClientMode(false);
      tls.setEnabledProtocols(versions);
      tls.setNeedClientAuth(wantsClient);
      try {
        tls.startHandshake();
        server.answer(tls);
        tls.close();
      } catch (IOException refused) {
        plain.shutdownOutput();
      }
      drain(plain);
    });
  }

  static void drain(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Until the client is gone.
    }
  }

  private void answer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b; head.indexOf("\r\n\r\n") < 0 && (b = socket.getInputStream().read()) >= 0;) head.append((char) b);
    requests.incrementAndGet();
    String body = OAuthBody.of("new-access-token", "next");
    OutputStream out = socket.getOutputStream();
    out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
        .getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread thread = new Thread(() -> serve(socket), "tls-server-connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      connection.serve(socket, this);
    } catch (Exception clientLeft) {
      // Expected of a client that gives up.
    }
  }

  String url() {
    return "https://127.0.0.1:" + listener.getLocalPort() + "/token";
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
