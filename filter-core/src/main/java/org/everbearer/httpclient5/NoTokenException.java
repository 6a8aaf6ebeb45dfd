package org.everbearer.httpclient5;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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

  /** Of a future that failed. A source of the application's own may fail with anything. */
  static NoTokenException of(Throwable failure) {
    boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
    Throwable cause = wrapped && failure.getCause() != null ? failure.getCause() : failure;
    if (cause instanceof TokenException) return new NoTokenException((TokenException) cause);
    return new NoTokenException(new TokenException(TokenException.Reason.TRANSIENT, "no token: " + cause, cause));
  }
}
