package org.everbearer.config;

import static org.everbearer.config.Parameters.CLIENT_ID;
import static org.everbearer.config.Parameters.CLIENT_KEY;
import static org.everbearer.config.Parameters.CLIENT_SECRET;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.everbearer.TokenRefresher;
import org.everbearer.refresh.ClientAuthentication;
import org.everbearer.refresh.ClientCredentialsGrant;
import org.everbearer.refresh.GrantBuilder;
import org.everbearer.refresh.RefreshTokenGrant;
import org.everbearer.refresh.SessionRefresh;
import org.everbearer.refresh.TokenEndpoint;
import org.everbearer.refresh.TokenExchange;
import org.everbearer.refresh.WorkOsRefresh;

/** Makes the protocol that a configuration asks for. */
final class Refreshers {
  private final ClientConfig config;

  private Refreshers(ClientConfig config) {
    this.config = config;
  }

  /** @throws IllegalArgumentException that is a whole problem: it names the parameter */
  static TokenRefresher of(ClientConfig config) {
    return new Refreshers(config).refresher();
  }

  private TokenRefresher refresher() {
    switch (config.protocol()) {
      case REFRESH_SESSION: return sessionRefresh();
      case OAUTH2: return grant(RefreshTokenGrant.builder(endpoint(null))).build();
      case CLIENT_CREDENTIALS: return grant(ClientCredentialsGrant.builder(endpoint(null))).build();
      case WORKOS: return workOs();
      case STATIC: return new StaticTokens(config);
      case TOKEN_EXCHANGE: return new SubjectRefresher(grant(TokenExchange.builder(endpoint(null))).build());
      case CUSTOM: return custom();
      default: throw new IllegalStateException(config.protocol() + " has no refresher");
    }
  }

  private TokenRefresher sessionRefresh() {
    SessionRefresh.Builder session = SessionRefresh.builder(endpoint(SessionRefresh.PATH))
        .organizationId(config.get(Parameters.ORGANIZATION_ID))
        .refreshTokenField(config.get(Parameters.REFRESH_TOKEN_FIELD))
        .organizationIdField(config.get(Parameters.ORGANIZATION_ID_FIELD))
        .accessTokenPath(config.get(Parameters.ACCESS_TOKEN_PATH))
        .refreshTokenPath(config.get(Parameters.REFRESH_TOKEN_PATH))
        .expiresInPath(config.get(Parameters.EXPIRES_IN_PATH));
    if (config.get(Parameters.DEAD_TOKEN_PATTERN) != null) {
      session.deadTokenPattern(config.get(Parameters.DEAD_TOKEN_PATTERN));
    }
    return session.build();
  }

  private TokenRefresher workOs() {
    return WorkOsRefresh.builder(endpoint(WorkOsRefresh.PATH), config.get(CLIENT_ID))
        .clientSecret(config.get(CLIENT_SECRET))
        .organizationId(config.get(Parameters.ORGANIZATION_ID))
        .build();
  }

  private TokenRefresher custom() {
    try {
      return ApplicationClass.create(config.get(Parameters.PROTOCOL).type());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(config.label(Parameters.PROTOCOL) + ": " + e.getMessage(), e);
    }
  }

  private <B extends GrantBuilder<B>> B grant(B grant) {
    B built = grant.authentication(authentication())
        .scope(config.get(Parameters.SCOPE))
        .audience(config.get(Parameters.AUDIENCE));
    List<String> resources = config.get(Parameters.RESOURCE);
    if (resources != null) resources.forEach(built::resource);
    return built;
  }

  private ClientAuthentication authentication() {
    String id = config.get(CLIENT_ID);
    switch (config.get(Parameters.CLIENT_AUTHENTICATION)) {
      case BASIC: return ClientAuthentication.basic(id, config.get(CLIENT_SECRET));
      case POST: return ClientAuthentication.post(id, config.get(CLIENT_SECRET));
      case PRIVATE_KEY_JWT: return privateKeyJwt(id);
      default: return ClientAuthentication.none(id);
    }
  }

  private ClientAuthentication privateKeyJwt(String id) {
    try {
      return ClientAuthentication.privateKeyJwt(id, config.get(CLIENT_KEY));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(config.label(CLIENT_KEY) + ": " + e.getMessage(), e);
    }
  }

  /** @param path what the protocol adds to a base URL; null for a protocol that knows none */
  private TokenEndpoint endpoint(String path) {
    TokenEndpoint.Builder endpoint = TokenEndpoint.builder(config.name())
        .connectTimeout(config.get(Parameters.CONNECT_TIMEOUT))
        .requestTimeout(config.requestTimeout())
        .allowInsecure(config.get(Parameters.ALLOW_INSECURE))
        .jwksUri(text(config.get(Parameters.JWKS_URI)))
        .expectedIssuer(config.get(Parameters.EXPECTED_ISSUER))
        .expectedAudience(config.get(Parameters.EXPECTED_AUDIENCE));
    if (config.get(Parameters.REQUEST_HEADERS) != null) config.get(Parameters.REQUEST_HEADERS).forEach(endpoint::header);
    URI base = config.get(Parameters.BASE_URL);
    URI whole = config.get(Parameters.TOKEN_ENDPOINT);
    if (whole != null) endpoint.uri(whole.toString());
    else if (base != null) endpoint.base(base.toString(), path);
    else endpoint.issuer(config.get(Parameters.ISSUER).toString());
    return endpoint.build();
  }

  private static String text(URI uri) {
    return uri == null ? null : uri.toString();
  }
}
