package org.everbearer.httpclient5;

import java.util.Objects;
import org.everbearer.Origin;
import org.everbearer.TokenSource;

/** One source for a fixed set of origins, whoever asks. */
final class FixedOrigins implements OutboundTokens {
  private final TokenSource source;
  private final Origin[] origins;

  FixedOrigins(TokenSource source, Origin[] origins) {
    this.source = Objects.requireNonNull(source, "source");
    this.origins = origins.clone();
    if (origins.length == 0) throw new IllegalArgumentException("no origin may receive the token: name at least one");
    for (Origin origin : this.origins) {
      if (origin.isSecure()) continue;
      throw new IllegalArgumentException("a token must not go to " + origin + " in plain sight: use https");
    }
  }

  @Override
  public Object currentIdentity() {
    return null;
  }

  @Override
  public TokenSource sourceFor(Object identity, String scheme, String host, int port) {
    for (Origin origin : origins) {
      if (origin.matches(scheme, host, port)) return source;
    }
    return null;
  }
}
