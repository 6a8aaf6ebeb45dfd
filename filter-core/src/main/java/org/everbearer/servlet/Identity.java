package org.everbearer.servlet;

import java.util.ArrayList;
import java.util.List;
import org.everbearer.Fingerprint;

/**
 * On whose behalf a piece of work is done, as it was at one moment: no reference to a request or a session, so it may
 * outlive both. Immutable.
 */
final class Identity {
  /** A request is bound, and nobody is known to stand behind it. Not to be confused with null: no request is bound. */
  static final Identity ANONYMOUS = new Identity(new String[0], new String[0], null);

  // Arrays, for one is made for each call that an application makes, and most have one client.
  private final String[] clients;
  private final String[] families;
  private final String inboundToken;

  /**
   * @param clients those that keep tokens by session; neither array is copied
   * @param families the user's token family at each of them, null where the user has not signed in
   */
  Identity(String[] clients, String[] families, String inboundToken) {
    this.clients = clients;
    this.families = families;
    this.inboundToken = inboundToken;
  }

  /** The user's token family at this client, or null. */
  String family(String client) {
    for (int i = 0; i < clients.length; i++) {
      if (clients[i].equals(client)) return families[i];
    }
    return null;
  }

  /** The bearer token that came with the inbound request, or null. */
  String inboundToken() {
    return inboundToken;
  }

  @Override
  public String toString() {
    List<String> signedIn = new ArrayList<>();
    for (String client : clients) if (family(client) != null) signedIn.add(client);
    return "Identity[families at " + signedIn + ", inbound token " + Fingerprint.of(inboundToken) + "]";
  }
}
