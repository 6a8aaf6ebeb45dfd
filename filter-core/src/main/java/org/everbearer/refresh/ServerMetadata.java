package org.everbearer.refresh;

import org.everbearer.TokenException;

final class ServerMetadata {
  ServerMetadata(String issuer, boolean allowInsecure) {}
  TokenTarget target(TokenHttp http, Deadline deadline) throws TokenException {
    throw new UnsupportedOperationException();
  }
  void forget() {}
}
