package org.everbearer.httpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;

/** A hop that goes out without a token. Everything passes; only the status is looked at. */
final class UnsignedAttempt implements AsyncExecCallback {
  private final RequestSigner signer;
  private final HttpRequest request;
  private final HttpRoute route;
  private final AsyncExecCallback callback;
  /** Whether the callback has been failed by us; what comes later is void. */
  private volatile boolean over;

  UnsignedAttempt(RequestSigner signer, HttpRequest request, HttpRoute route, AsyncExecCallback callback) {
    this.signer = signer;
    this.request = request;
    this.route = route;
    this.callback = callback;
  }

  @Override
  public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails details)
      throws HttpException, IOException {
    if (over) return null;
    try {
      signer.tellIfRefused(request, route, response);
    } catch (Throwable e) {
      // An implementation of the application's own may throw anything; only the callback releases what is held.
      over = true;
      callback.failed(TokenWait.asException(e));
      return null;
    }
    return callback.handleResponse(response, details);
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    callback.handleInformationResponse(response);
  }

  @Override
  public void completed() {
    if (!over) callback.completed();
  }

  @Override
  public void failed(Exception cause) {
    if (!over) callback.failed(cause);
  }
}
