package org.everbearer.runner.standin;

import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Finds the endpoint for a method and a path. */
final class Routes extends Handler.Abstract {
  /** Answers a request on the calling thread. */
  interface Endpoint {
    void answer(Exchange exchange) throws IOException;
  }

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);

  private final Clock clock;
  private final Map<String, Map<String, Endpoint>> endpoints = new TreeMap<>();

  /** @param clock what the {@code Date} of every reply says */
  Routes(Clock clock) {
    this.clock = clock;
  }

  Routes on(String method, String path, Endpoint endpoint) {
    endpoints.computeIfAbsent(path, unused -> new TreeMap<>()).put(method, endpoint);
    return this;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response);
    exchange.header("Date", DATE.format(clock.instant()));
    try {
      answer(request, exchange);
      callback.succeeded();
    } catch (ConnectionDrop drop) {
      request.getConnectionMetaData().getConnection().getEndPoint().close();
      callback.failed(drop);
    } catch (IOException gone) {
      callback.failed(gone);
    }
    return true;
  }

  private void answer(Request request, Exchange exchange) throws IOException {
    Map<String, Endpoint> methods = endpoints.get(Request.getPathInContext(request));
    if (methods == null) {
      exchange.error(404, "not_found", "there is: " + String.join(", ", endpoints.keySet()));
      return;
    }
    Endpoint endpoint = methods.get(request.getMethod());
    if (endpoint == null) {
      exchange.header("Allow", String.join(", ", methods.keySet()));
      exchange.error(405, "method_not_allowed", "there is: " + String.join(", ", methods.keySet()));
      return;
    }
    try {
      endpoint.answer(exchange);
    } catch (BadRequest bad) {
      exchange.error(400, "invalid_request", bad.getMessage());
    }
  }
}
