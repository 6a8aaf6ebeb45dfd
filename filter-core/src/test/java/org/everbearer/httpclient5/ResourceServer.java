package org.everbearer.httpclient5;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A real server on 127.0.0.1 that answers each path by a script and remembers what it received. */
final class ResourceServer implements AutoCloseable {
  /** Answers one request; may block. */
  interface Script {
    void answer(Exchange exchange) throws Exception;
  }

  /** What arrived; {@code connection} is the same for requests on the same connection. */
  record Received(String method, String target, String host, String authorization, String proxyAuthorization,
      String connection, String protocol) {}

  private final Server server = new Server();
  private final ServerConnector connector;
  private final String scheme;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();

  private ResourceServer(TestCertificate certificate) throws Exception {
    HttpConfiguration configuration = new HttpConfiguration();
    HttpConnectionFactory http = new HttpConnectionFactory(configuration);
    if (certificate == null) {
      scheme = "http";
      connector = new ServerConnector(server, http, new HTTP2CServerConnectionFactory(configuration));
    } else {
      scheme = "https";
      // The client may say "127.0.0.1", which is no SNI name.
      configuration.addCustomizer(new SecureRequestCustomizer(false));
      SslContextFactory.Server tls = new SslContextFactory.Server();
      tls.setKeyStore(certificate.keyStore());
      tls.setKeyStorePassword(TestCertificate.PASSWORD);
      connector = new ServerConnector(server, tls, http);
    }
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ResourceServer.this.handle(request, response);
        callback.succeeded();
        return true;
      }
    });
    server.start();
  }

  static ResourceServer start() throws Exception {
    return new ResourceServer(null);
  }

  static ResourceServer startWithTls() throws Exception {
    return new ResourceServer(TestCertificate.shared());
  }

  ResourceServer on(String path, Script script) {
    scripts.put(path, script);
    return this;
  }

  int port() {
    return connector.getLocalPort();
  }

  URI uri(String path) {
    return uri("127.0.0.1", path);
  }

  URI uri(String host, String path) {
    return URI.create(scheme + "://" + host + ":" + port() + path);
  }

  /** Everything that arrived so far, in order. */
  List<Received> received() {
    return List.copyOf(received);
  }

  List<String> authorizations() {
    return received.stream().map(r -> String.valueOf(r.authorization())).toList();
  }

  List<String> connections() {
    return received.stream().map(Received::connection).toList();
  }

  private void handle(Request request, Response response) throws Exception {
    String path = request.getHttpURI().getPath();
    received.add(new Received(
        request.getMethod(),
        request.getHttpURI().asString(),
        request.getHttpURI().getAuthority(),
        request.getHeaders().get(HttpHeader.AUTHORIZATION),
        request.getHeaders().get(HttpHeader.PROXY_AUTHORIZATION),
        request.getConnectionMetaData().getRemoteSocketAddress().toString(),
        request.getConnectionMetaData().getProtocol()));
    Script script = scripts.get(path);
    Exchange exchange = new Exchange(request, response);
    if (script == null) {
      exchange.reply(404, "no script for " + path);
    } else {
      script.answer(exchange);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the server does not stop", e);
    }
  }

  /** One request and its answer. */
  static final class Exchange {
    private final Request request;
    private final Response response;

    Exchange(Request request, Response response) {
      this.request = request;
      this.response = response;
    }

    /** The token that came with the request, or null. */
    String token() {
      String value = request.getHeaders().get(HttpHeader.AUTHORIZATION);
      return value != null && value.startsWith("Bearer ") ? value.substring(7) : null;
    }

    boolean hasToken(String token) {
      return token.equals(token());
    }

    String header(String name) {
      return request.getHeaders().get(name);
    }

    byte[] body() throws IOException {
      try (InputStream in = Content.Source.asInputStream(request)) {
        return in.readAllBytes();
      }
    }

    Exchange with(String name, String value) {
      response.getHeaders().add(name, value);
      return this;
    }

    void reply(int status, String body) throws IOException {
      reply(status, body.getBytes(StandardCharsets.UTF_8));
    }

    void reply(int status, byte[] body) throws IOException {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        out.write(body);
      }
    }

    /** 401 with the challenge of RFC 6750 §3.1 for a token that is not, or no longer, good. */
    void reject() throws IOException {
      with("WWW-Authenticate", "Bearer realm=\"test\", error=\"invalid_token\"").reply(401, "rejected");
    }

    OutputStream stream(int status, String contentType) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
      return Content.Sink.asOutputStream(response);
    }
  }
}
