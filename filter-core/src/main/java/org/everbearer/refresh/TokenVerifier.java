package org.everbearer.refresh;

import org.everbearer.TokenException;
import org.everbearer.TokenSet;

final class TokenVerifier {
  static TokenVerifier of(String jwksUri, String issuer, String audience, boolean metadata, boolean allowInsecure) {
    return null;
  }
  void prepare(TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
  }
  TokenSet checked(TokenSet tokens, TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    throw new UnsupportedOperationException();
  }
}
