package org.everbearer.httpclient5;

import java.util.Objects;
import org.everbearer.Origin;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/**
 * Decides which outbound request gets whose token. The exec handlers ask it once per hop: the identity on the thread
 * that called HttpClient, then, for that identity, the source of the origin the hop goes to.
 *
 * <pre>{@code
 * OutboundTokens tokens = OutboundTokens.of(source, Origin.parse("https://api.example.com"));
 * CloseableHttpClient http = BearerTokenExecHandler.addTo(HttpClients.custom(), tokens).build();
 * }</pre>
 *
 * <p>An implementation is used by any number of threads and is on the path of every request: it should neither lock nor
 * allocate, and must never do I/O, for it is also asked on HttpClient's I/O threads.
 */
public interface OutboundTokens {

  /**
   * On whose behalf the calling thread acts, or null when nobody is bound to it. Only asked on a thread that called
   * HttpClient; an asynchronous exchange keeps the answer for its later hops, which run on threads of HttpClient.
   */
  Object currentIdentity();

  /**
   * The source of the token that this origin may receive, or null when the origin may receive none: the request then
   * goes out untouched.
   *
   * @param identity what {@link #currentIdentity()} returned on the caller's thread, perhaps null
   * @param scheme of the hop, as HttpClient spells it
   * @param host a name or an address, in any case
   * @param port explicit, or negative for the scheme's default
   * @throws TokenException when the origin needs an identity and there is none; the request is then not sent
   */
  TokenSource sourceFor(Object identity, String scheme, String host, int port) throws TokenException;

  /**
   * Whether a token for this origin may pass a proxy that can read it, as an HTTP proxy can where it opens no TLS tunnel
   * to the origin. Without an implementation of its own, plain http to other hosts than loopback: whoever allows that
   * trusts the network, and whoever allows plain http to this machine counts on nobody in between. Asked for such a
   * request only, with what {@link #sourceFor} is asked with.
   */
  default boolean mayPassProxy(String scheme, String host, int port) {
    return Origin.isSameName(scheme, "http") && !Origin.isLoopback(host);
  }

  /**
   * Hears that a request which {@link #sourceFor} or {@link #mayPassProxy} left without a token, and which had no
   * {@code Authorization} of its caller's either, was answered 401 in a way in which a token may help. The answer goes to
   * the caller as it is. Without an implementation of its own, nothing. Called on I/O threads too, after such an answer
   * only.
   */
  default void refusedWithoutToken(String scheme, String host, int port) {}

  /**
   * One token for all callers, sent to these origins only.
   *
   * @throws IllegalArgumentException if no origin is given, or one is neither https nor a loopback host
   */
  static OutboundTokens of(TokenSource source, Origin... origins) {
    Objects.requireNonNull(source, "source");
    Origin[] allowed = origins.clone();
    if (allowed.length == 0) throw new IllegalArgumentException("no origin may receive the token: name at least one");
    for (Origin origin : allowed) {
      if (origin.isSecure()) continue;
      throw new IllegalArgumentException("a token must not go to " + origin + " in plain sight: use https");
    }
    return new OutboundTokens() {
      @Override
      public Object currentIdentity() {
        return null;
      }

      @Override
      public TokenSource sourceFor(Object identity, String scheme, String host, int port) {
        for (Origin origin : allowed) {
          if (origin.matches(scheme, host, port)) return source;
        }
        return null;
      }
    };
  }
}
