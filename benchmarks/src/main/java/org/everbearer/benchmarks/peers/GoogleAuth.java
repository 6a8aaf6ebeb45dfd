package org.everbearer.benchmarks.peers;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.OAuth2Credentials;
import java.io.IOException;
import java.util.Date;

/**
 * google-auth-library: a subclass that overrides {@code refreshAccessToken}, as the Javadoc of
 * {@code OAuth2Credentials} asks for, and {@code refreshIfExpired} then {@code getAccessToken}, as its README shows
 * under "Explicit Credential Loading". Default margins: refreshed from 3 min 45 s before the end on, waited for from 3
 * min on.
 */
public final class GoogleAuth implements Peer {
  private final OAuth2Credentials credentials;

  public GoogleAuth(StandInEndpoint endpoint) {
    credentials = new Credentials(endpoint);
  }

  public OAuth2Credentials credentials() {
    return credentials;
  }

  @Override
  public String token() throws IOException {
    credentials.refreshIfExpired();
    return credentials.getAccessToken().getTokenValue();
  }

  private static final class Credentials extends OAuth2Credentials {
    private static final long serialVersionUID = 1L;

    private final transient StandInEndpoint endpoint;

    Credentials(StandInEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public AccessToken refreshAccessToken() throws IOException {
      Issued next = endpoint.issue();
      return new AccessToken(next.accessToken(), Date.from(next.expiresAt()));
    }
  }
}
