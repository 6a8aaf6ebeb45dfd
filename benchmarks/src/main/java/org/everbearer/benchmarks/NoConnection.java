package org.everbearer.benchmarks;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.util.TimeValue;

/** For a chain that never reaches the network. */
enum NoConnection implements ExecRuntime {
  RUNTIME;

  @Override
  public boolean isExecutionAborted() {
    return false;
  }

  @Override
  public boolean isEndpointAcquired() {
    return false;
  }

  @Override
  public void acquireEndpoint(String id, HttpRoute route, Object state, HttpClientContext context) {}

  @Override
  public void releaseEndpoint() {}

  @Override
  public void discardEndpoint() {}

  @Override
  public boolean isEndpointConnected() {
    return false;
  }

  @Override
  public void disconnectEndpoint() {}

  @Override
  public void connectEndpoint(HttpClientContext context) {}

  @Override
  public void upgradeTls(HttpClientContext context) {}

  @Override
  public ClassicHttpResponse execute(String id, ClassicHttpRequest request, HttpClientContext context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isConnectionReusable() {
    return false;
  }

  @Override
  public void markConnectionReusable(Object state, TimeValue validity) {}

  @Override
  public void markConnectionNonReusable() {}

  @Override
  public ExecRuntime fork(CancellableDependency dependency) {
    return this;
  }
}
