package org.everbearer.httpclient5;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.everbearer.Origin;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;

/** A token for each user; the user is whom the thread is bound to. */
final class UserTokens implements OutboundTokens {
  private final ThreadLocal<String> bound = new ThreadLocal<>();
  private final Map<String, ScriptedTokenSource> sources = new ConcurrentHashMap<>();
  private final List<Origin> origins;

  UserTokens(Origin... origins) {
    this.origins = List.of(origins);
  }

  <T> T as(String user, Callable<T> work) throws Exception {
    bound.set(user);
    try {
      return work.call();
    } finally {
      bound.remove();
    }
  }

  ScriptedTokenSource source(String user) {
    return sources.computeIfAbsent(user, ScriptedTokenSource::valid);
  }

  @Override
  public Object currentIdentity() {
    return bound.get();
  }

  @Override
  public TokenSource sourceFor(Object identity, String scheme, String host, int port) throws TokenException {
    if (origins.stream().noneMatch(origin -> origin.matches(scheme, host, port))) return null;
    if (identity == null) throw new TokenException(TokenException.Reason.NO_TOKENS, "nobody is bound to this thread");
    return source((String) identity);
  }
}
