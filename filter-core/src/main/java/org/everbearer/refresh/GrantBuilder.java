package org.everbearer.refresh;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The options that all grants of OAuth 2.0 share. Not thread-safe.
 *
 * @param <B> the builder itself, so that calls chain
 */
public abstract class GrantBuilder<B extends GrantBuilder<B>> {
  final TokenEndpoint endpoint;
  private ClientAuthentication authentication = ClientAuthentication.none(null);
  private String scope;
  private final List<String> audiences = new ArrayList<>();
  private final List<String> resources = new ArrayList<>();

  GrantBuilder(TokenEndpoint endpoint) {
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
  }

  abstract B self();

  /** How the client shows who it is (RFC 6749 §2.3); not at all by default. */
  public B authentication(ClientAuthentication value) {
    authentication = Objects.requireNonNull(value, "authentication");
    return self();
  }

  /** Scopes, separated by spaces (RFC 6749 §3.3); null for those that the server chooses. */
  public B scope(String value) {
    scope = value;
    return self();
  }

  /** Whom the token is for, as a name (RFC 8693 §2.1); call it again for one more, null adds none. */
  public B audience(String value) {
    if (value != null) audiences.add(value);
    return self();
  }

  /** Whom the token is for, as a URI (RFC 8707 §2); call it again for one more, null adds none. */
  public B resource(String value) {
    if (value != null) resources.add(value);
    return self();
  }

  /** What every request of the grant holds, detached from this builder; the tokens are added to it. */
  final TokenEndpoint.Question grant(String type) {
    ClientAuthentication client = authentication;
    String scopes = scope;
    List<String> names = new ArrayList<>(audiences);
    List<String> uris = new ArrayList<>(resources);
    return target -> {
      TokenRequest request = TokenRequest.form().with("grant_type", type).with("scope", scopes);
      for (String name : names) request.with("audience", name);
      for (String uri : uris) request.with("resource", uri);
      client.addTo(request, target);
      return request;
    };
  }
}
