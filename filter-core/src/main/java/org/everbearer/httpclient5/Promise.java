package org.everbearer.httpclient5;

import java.util.concurrent.CompletableFuture;
import org.apache.hc.core5.http.MessageHeaders;
import org.everbearer.AccessToken;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** The tokens that a source promises. It may be the application's own: what it does wrong is said with its name. */
final class Promise {
  private Promise() {}

  static CompletableFuture<AccessToken> ofToken(TokenSource source) {
    return required(source.accessTokenAsync(), source, "accessTokenAsync");
  }

  /** What a promise of the first token brought, which must be a token. */
  static AccessToken kept(AccessToken token, TokenSource source) throws NoTokenException {
    if (token != null) return token;
    throw new NoTokenException(new TokenException(TokenException.Reason.TRANSIENT,
        "no token: the future of " + source.getClass().getName() + ".accessTokenAsync brought null"));
  }

  /** Tells of the rejection. Null if there is no other token for now, and the answer may go to the caller as it is. */
  static CompletableFuture<AccessToken> ofReplacement(AccessToken rejected, TokenSource source, MessageHeaders answer) {
    CompletableFuture<AccessToken> pending =
        required(source.replacementFor(rejected.value(), BearerChallenge.wordsOf(answer)), source, "replacementFor");
    if (!pending.isDone() || pending.isCompletedExceptionally()) return pending;
    return isAnother(pending.join(), rejected) ? pending : null;
  }

  static boolean isAnother(AccessToken token, AccessToken rejected) {
    return token != null && !token.value().equals(rejected.value());
  }

  private static CompletableFuture<AccessToken> required(
      CompletableFuture<AccessToken> pending, TokenSource source, String method) {
    if (pending != null) return pending;
    throw new IllegalStateException(source.getClass().getName() + "." + method + " returned null, not a future");
  }
}
