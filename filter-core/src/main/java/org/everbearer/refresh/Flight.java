package org.everbearer.refresh;

import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;

/**
 * How far one request has got. Decides between "never sent" and "who knows" by what has happened, not by the class of
 * the exception: the same SSLException can come from a handshake and from the middle of a reply.
 */
final class Flight {
  static final String ATTRIBUTE = "everbearer.flight";

  private enum State { CONNECTING, SENDING, EXPIRED_UNSENT, EXPIRED_SENT }

  private final HttpUriRequestBase request;
  /** By the thread of the exchange alone. */
  private boolean answered;
  private final AtomicReference<State> state = new AtomicReference<>(State.CONNECTING);

  Flight(HttpUriRequestBase request) {
    this.request = request;
  }

  /** The connection stands, and the first byte is about to be written. False: it must not be. */
  boolean begin() {
    // A proxy's 407 brings the request here a second time.
    return state.compareAndSet(State.CONNECTING, State.SENDING) || state.get() == State.SENDING;
  }

  boolean hasBegun() {
    return state.get() == State.SENDING || state.get() == State.EXPIRED_SENT;
  }

  void expire() {
    boolean unsent = state.compareAndSet(State.CONNECTING, State.EXPIRED_UNSENT);
    if (!unsent) state.set(State.EXPIRED_SENT);
    request.cancel();
  }

  /** The head of the reply is there. */
  void answerBegins() {
    answered = true;
  }

  /** Ends the connection at once. */
  void cancel() {
    request.cancel();
  }

  boolean hasExpired() {
    return state.get() == State.EXPIRED_SENT;
  }

  TokenException failure(Exception e) {
    String where = EndpointUri.describe(uri());
    switch (state.get()) {
      case CONNECTING:
        return new TokenException(Reason.NOT_SENT, "cannot connect to " + where + " (" + e + "), nothing was sent"
            + TlsTrouble.remedy(e, "https".equalsIgnoreCase(request.getScheme())), e);
      case EXPIRED_UNSENT:
        return new TokenException(Reason.NOT_SENT,
            "no connection to " + where + " within the request timeout, nothing was sent", e);
      case EXPIRED_SENT:
        return new TokenException(Reason.AMBIGUOUS, "no complete answer from " + where
            + " within the request timeout; the request was sent and may have taken effect");
      default:
        if (!answered && TlsTrouble.isRefusedClient(e)) {
          return new TokenException(Reason.NOT_SENT, where + " refused the connection before it read the request ("
              + e.getMessage() + "): " + TlsTrouble.refusedClient(), e);
        }
        return new TokenException(Reason.AMBIGUOUS, "the answer from " + where + " broke off ("
            + e.getClass().getSimpleName() + "); the request was sent and may have taken effect", harmless(e));
    }
  }

  // The message of a protocol error quotes the server's bytes, which may echo a secret.
  private static Exception harmless(Exception e) {
    return e instanceof SocketException || e instanceof SSLException || e instanceof NoHttpResponseException
        || e instanceof ConnectionClosedException ? e : null;
  }

  private URI uri() {
    try {
      return request.getUri();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("it was made from a URI", e);
    }
  }
}
