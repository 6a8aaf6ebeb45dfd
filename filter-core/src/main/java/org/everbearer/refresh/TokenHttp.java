package org.everbearer.refresh;

import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.everbearer.TokenException;

final class TokenHttp {
  TokenHttp(String client, Duration connectTimeout) {}
  HttpReply exchange(HttpUriRequestBase request, Deadline deadline) throws TokenException {
    throw new UnsupportedOperationException();
  }
  void close() {}
}
