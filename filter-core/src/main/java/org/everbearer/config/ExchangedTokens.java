package org.everbearer.config;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.everbearer.Fingerprint;
import org.everbearer.RefreshCoordinator;
import org.everbearer.TokenException;
import org.everbearer.TokenSet;
import org.everbearer.TokenSource;

/** One family per inbound token; the least recently used one is forgotten when there are too many. */
final class ExchangedTokens {
  private final RefreshCoordinator coordinator;
  private final int most;
  // Guarded by this. Held for work in memory only: these families are never stored anywhere else.
  private final Map<String, TokenSource> sources = new LinkedHashMap<>(16, 0.75f, true);

  ExchangedTokens(RefreshCoordinator coordinator, int most) {
    this.coordinator = coordinator;
    this.most = most;
  }

  TokenSource forSubject(String subjectToken) {
    TokenSet subject = TokenSet.of(null, subjectToken);
    String identity = Fingerprint.hash(subjectToken);
    synchronized (this) {
      TokenSource known = sources.get(identity);
      if (known != null) return known;
      try {
        if (sources.size() >= most) forgetEldest();
        coordinator.storeTokens(identity, subject);
      } catch (TokenException e) {
        throw new IllegalStateException("the memory store does no I/O", e);
      }
      TokenSource source = coordinator.source(identity);
      sources.put(identity, source);
      return source;
    }
  }

  private void forgetEldest() throws TokenException {
    Iterator<String> eldest = sources.keySet().iterator();
    String identity = eldest.next();
    eldest.remove();
    coordinator.clearTokens(identity);
  }
}
