package org.everbearer.httpclient5;

import org.apache.hc.core5.http.HttpException;
import org.everbearer.TokenException;

/**
 * Carries a {@link TokenException} through HttpClient. Not an {@code IOException}, because HttpClient's retry strategy
 * runs those again, and the refresh has its own back-off.
 */
final class NoTokenException extends HttpException {
  private static final long serialVersionUID = 1L;

  NoTokenException(TokenException cause) {
    super(cause.getMessage(), cause);
  }
}
