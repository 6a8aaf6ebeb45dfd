package org.everbearer.refresh;

import java.net.URI;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;

final class TokenResponse {
  TokenResponse(HttpReply reply, Dialect dialect, URI uri, Redaction redaction) {}
  TokenSet tokens() throws TokenException {
    throw new UnsupportedOperationException();
  }
}
