package org.everbearer.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;

/**
 * Spring Security's OAuth 2.0 client, as its reference chapter "OAuth2AuthorizedClientManager and
 * OAuth2AuthorizedClientProvider" sets it up outside of a servlet request:
 * {@code AuthorizedClientServiceOAuth2AuthorizedClientManager} over the in-memory service, with the refresh-token
 * provider and its default clock skew of a minute.
 */
public final class SpringSecurity implements Peer {
  /** The id of the one client registration. */
  public static final String REGISTRATION = "chat-api";

  private final OAuth2AuthorizedClientManager manager;
  private final Authentication[] users;

  public SpringSecurity(StandInEndpoint endpoint, int userCount) throws IOException {
    ClientRegistration registration = ClientRegistration.withRegistrationId(REGISTRATION)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .clientId("client")
        .clientSecret("secret")
        .redirectUri("https://app.example.com/login")
        .authorizationUri("https://id.example.com/authorize")
        .tokenUri("https://id.example.com/token")
        .build();
    InMemoryClientRegistrationRepository registrations = new InMemoryClientRegistrationRepository(registration);
    InMemoryOAuth2AuthorizedClientService service = new InMemoryOAuth2AuthorizedClientService(registrations);
    AuthorizedClientServiceOAuth2AuthorizedClientManager own =
        new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, service);
    own.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
        .refreshToken(grant -> grant.accessTokenResponseClient(request -> response(endpoint)))
        .build());
    manager = own;
    users = new Authentication[userCount];
    for (int i = 0; i < userCount; i++) {
      users[i] = new TestingAuthenticationToken("user-" + i, "n/a", List.of());
      Issued first = endpoint.issue();
      Instant issuedAt = first.expiresAt().minus(first.expiresIn());
      service.saveAuthorizedClient(new OAuth2AuthorizedClient(registration, users[i].getName(),
          new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, first.accessToken(), issuedAt, first.expiresAt()),
          new OAuth2RefreshToken(first.refreshToken(), issuedAt)), users[i]);
    }
  }

  private static OAuth2AccessTokenResponse response(StandInEndpoint endpoint) {
    try {
      Issued next = endpoint.issue();
      return OAuth2AccessTokenResponse.withToken(next.accessToken())
          .tokenType(OAuth2AccessToken.TokenType.BEARER)
          .expiresIn(next.expiresIn().toSeconds())
          .refreshToken(next.refreshToken())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public OAuth2AuthorizedClientManager manager() {
    return manager;
  }

  public Authentication user(int i) {
    return users[i];
  }

  /** The token of one user. */
  public String token(int user) {
    OAuth2AuthorizeRequest request =
        OAuth2AuthorizeRequest.withClientRegistrationId(REGISTRATION).principal(users[user]).build();
    return manager.authorize(request).getAccessToken().getTokenValue();
  }

  @Override
  public String token() {
    return token(0);
  }
}
