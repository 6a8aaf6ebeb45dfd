package org.everbearer.httpclient5;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.net.URIAuthority;

/** One request as a test describes it, whichever client sends it. */
final class Call {
  final String method;
  final URI uri;
  final byte[] body;
  final Map<String, String> headers = new LinkedHashMap<>();
  boolean repeatable = true;
  /** Where the bytes go, when that is not what the URI says. */
  HttpHost target;
  URIAuthority authority;
  HttpClientContext context;
  /** What came back, with its headers. */
  volatile HttpResponse response;

  private Call(String method, URI uri, byte[] body) {
    this.method = method;
    this.uri = uri;
    this.body = body;
  }

  static Call get(URI uri) {
    return new Call("GET", uri, null);
  }

  static Call of(String method, URI uri) {
    return new Call(method, uri, null);
  }

  static Call post(URI uri, String body) {
    return new Call("POST", uri, body.getBytes(StandardCharsets.UTF_8));
  }

  static Call put(URI uri, byte[] body) {
    return new Call("PUT", uri, body);
  }

  Call with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Call withBodyThatCanBeSentOnce() {
    repeatable = false;
    return this;
  }

  Call sentTo(ResourceServer server) {
    target = new HttpHost("http", "127.0.0.1", server.port());
    return this;
  }

  Call withAuthority(String host, int port) {
    authority = new URIAuthority(host, port);
    return this;
  }

  Call in(HttpClientContext value) {
    context = value;
    return this;
  }
}
