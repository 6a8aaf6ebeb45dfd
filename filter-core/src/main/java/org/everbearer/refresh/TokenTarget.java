package org.everbearer.refresh;

import java.net.URI;

/** Where to ask for tokens, and what else is known of that server. */
final class TokenTarget {
  private final URI uri;
  private final String issuer;
  private final URI jwksUri;

  TokenTarget(URI uri, String issuer, URI jwksUri) {
    this.uri = uri;
    this.issuer = issuer;
    this.jwksUri = jwksUri;
  }

  URI uri() {
    return uri;
  }

  /** Whom an assertion is for: the issuer where it is known, since nobody else can be it; else the endpoint. */
  String audience() {
    return issuer != null ? issuer : uri.toString();
  }

  /** Null when unknown. */
  URI jwksUri() {
    return jwksUri;
  }
}
