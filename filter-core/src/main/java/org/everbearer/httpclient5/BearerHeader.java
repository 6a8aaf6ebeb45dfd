package org.everbearer.httpclient5;

import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * {@code Authorization: Bearer} (RFC 6750 §2.1), made once per token. It has a class of its own so that a header which
 * we attached to an earlier try of a request is never taken for the caller's, and so that it does not print the token:
 * HttpClient logs headers by {@code toString()}.
 */
final class BearerHeader extends BasicHeader {
  private static final long serialVersionUID = 1L;

  private final transient OutboundTokens owner;

  BearerHeader(String token, OutboundTokens owner) {
    // Sensitive: HPACK must not index it (RFC 7541 §7.1.3).
    super(HttpHeaders.AUTHORIZATION, "Bearer " + token, true);
    this.owner = owner;
  }

  boolean isOwnedBy(OutboundTokens tokens) {
    return owner == tokens;
  }

  @Override
  public String toString() {
    return getName() + ": Bearer ***";
  }
}
