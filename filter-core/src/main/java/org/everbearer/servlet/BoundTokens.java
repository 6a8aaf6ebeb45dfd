package org.everbearer.servlet;

import org.everbearer.Origin;
import org.everbearer.TokenException;
import org.everbearer.TokenSource;
import org.everbearer.httpclient5.OutboundTokens;

/** For each outbound request: the client whose origin it goes to, and the token of whoever the thread works for. */
final class BoundTokens implements OutboundTokens {
  private final Clients clients;
  private final IdentityBinding binding;

  BoundTokens(Clients clients, IdentityBinding binding) {
    this.clients = clients;
    this.binding = binding;
  }

  @Override
  public Object currentIdentity() {
    return binding.current();
  }

  @Override
  public TokenSource sourceFor(Object identity, String scheme, String host, int port) throws TokenException {
    DeclaredClient client = clients.routes().receiver(scheme, host, port);
    return client == null ? null : client.sourceForCall((Identity) identity);
  }

  @Override
  public boolean mayPassProxy(String scheme, String host, int port) {
    return clients.routes().trustsNetwork(scheme, host, port);
  }

  @Override
  public void refusedWithoutToken(String scheme, String host, int port) {
    Routes routes = clients.routes();
    if (routes.receiver(scheme, host, port) != null) return; // a client knows it, and had its reasons
    Origin origin;
    try {
      origin = Origin.of(scheme, host, port);
    } catch (IllegalArgumentException neverAllowed) {
      return;
    }
    String advice = clients.uncovered().refused(origin, routes.allowed());
    if (advice != null) clients.log().getLogger(BearerTokens.class.getName()).warn("{}", advice);
  }
}
