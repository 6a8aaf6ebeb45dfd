package org.everbearer.servlet;

import java.util.Collections;
import java.util.Map;
import org.everbearer.Fingerprint;

/**
 * On whose behalf a piece of work is done, as it was at one moment: no reference to a request or a session, so it may
 * outlive both. Immutable.
 */
final class Identity {
  /** A request is bound, and nobody is known to stand behind it. Not to be confused with null: no request is bound. */
  static final Identity ANONYMOUS = new Identity(Collections.<String, String>emptyMap(), null);

  private final Map<String, String> families;
  private final String inboundToken;

  /** @param families the token family of each client for which the user has signed in; not copied */
  Identity(Map<String, String> families, String inboundToken) {
    this.families = families;
    this.inboundToken = inboundToken;
  }

  /** The user's token family at this client, or null. */
  String family(String client) {
    return families.get(client);
  }

  /** The bearer token that came with the inbound request, or null. */
  String inboundToken() {
    return inboundToken;
  }

  @Override
  public String toString() {
    return "Identity[families at " + families.keySet() + ", inbound token " + Fingerprint.of(inboundToken) + "]";
  }
}
