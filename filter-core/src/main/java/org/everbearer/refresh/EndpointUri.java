package org.everbearer.refresh;

import java.net.URI;
import java.net.URISyntaxException;
import org.everbearer.Origin;

/** The rules for a URL that secrets are sent to, or keys are read from. */
final class EndpointUri {
  private EndpointUri() {}

  /** @throws IllegalArgumentException that names the rule, and never shows user information */
  static URI parse(String text, boolean allowInsecure) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("this is not a URL: " + e.getReason() + " at position " + e.getIndex());
    }
    if (uri.getRawUserInfo() != null || uri.getHost() == null && text.indexOf('@') >= 0) {
      throw new IllegalArgumentException("the URL holds user information: give it as client authentication instead");
    }
    if (uri.getScheme() == null || uri.getHost() == null) {
      throw new IllegalArgumentException("the URL must be absolute, like https://id.example.com/token: " + text);
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException("the URL must have no fragment (RFC 6749 section 3.2): " + describe(uri));
    }
    Origin origin = Origin.of(uri.getScheme(), uri.getHost(), uri.getPort());
    if (!origin.isSecure() && !allowInsecure) {
      throw new IllegalArgumentException("plain http goes to loopback hosts only, so write https or, where the network"
          + " is to be trusted, allowInsecure=true: " + describe(uri));
    }
    return uri;
  }

  /** Origin and path: what may be shown, as a query may hold a key. */
  static String describe(URI uri) {
    String path = uri.getRawPath();
    return Origin.of(uri.getScheme(), uri.getHost(), uri.getPort()) + (path == null ? "" : path);
  }
}
