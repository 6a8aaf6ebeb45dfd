package org.everbearer.httpclient5;

import java.io.IOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.everbearer.AccessToken;
import org.everbearer.TokenSource;

/** The last attempt of one hop: its answer, whatever it is, goes to the caller. */
final class SecondAttempt implements AsyncExecCallback {
  private final TokenSource source;
  private final AccessToken token;
  private final AsyncExecCallback callback;
  // By a source that throws; later events are void.
  private volatile boolean failed;

  SecondAttempt(TokenSource source, AccessToken token, AsyncExecCallback callback) {
    this.source = source;
    this.token = token;
    this.callback = callback;
  }

  @Override
  public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails details)
      throws HttpException, IOException {
    try {
      Verdict.tell(response, token, source);
    } catch (Throwable e) {
      failed = true;
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
    if (!failed) callback.completed();
  }

  @Override
  public void failed(Exception cause) {
    if (!failed) callback.failed(cause);
  }
}
