package org.everbearer.refresh;

import java.time.Duration;
import java.util.Objects;
import org.everbearer.JwtClaims;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The protocol {@code workos}: the refresh of WorkOS User Management, JSON there and back. The {@code oauth_tokens} in
 * its reply are a third party's and never touched. Safe for use by any number of threads.
 *
 * <pre>{@code
 * TokenEndpoint endpoint = TokenEndpoint.builder("chat-api").base(WorkOsRefresh.BASE, WorkOsRefresh.PATH).build();
 * WorkOsRefresh.builder(endpoint, "client_01…").clientSecret(apiKey).build();
 * }</pre>
 */
public final class WorkOsRefresh implements TokenRefresher {
  /** The base URL of the service. */
  public static final String BASE = "https://api.workos.com";
  /** The path below the base URL. */
  public static final String PATH = "/user_management/authenticate";

  private final TokenEndpoint endpoint;
  private final String clientId;
  private final String clientSecret;
  private final String organizationId;

  private WorkOsRefresh(Builder b) {
    this.endpoint = b.endpoint;
    this.clientId = b.clientId;
    this.clientSecret = b.clientSecret;
    this.organizationId = b.organizationId;
  }

  /** @param endpoint where the requests go; closed with what is built */
  public static Builder builder(TokenEndpoint endpoint, String clientId) {
    return new Builder(endpoint, clientId);
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    String organization = organizationId != null ? organizationId
        : JwtClaims.of(current.accessToken()).string("org_id");
    return endpoint.ask(target -> TokenRequest.json()
        .with("grant_type", "refresh_token")
        .with("client_id", clientId)
        .withSecret("client_secret", clientSecret)
        .withSecret("refresh_token", current.refreshToken())
        .with("organization_id", organization), Dialect.OAUTH);
  }

  @Override
  public Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Collects the options of a {@link WorkOsRefresh}. Not thread-safe. */
  public static final class Builder {
    private final TokenEndpoint endpoint;
    private final String clientId;
    private String clientSecret;
    private String organizationId;

    private Builder(TokenEndpoint endpoint, String clientId) {
      this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
      this.clientId = Objects.requireNonNull(clientId, "clientId");
    }

    /** The API key, for a client that can keep one; null, the default, for a public client. */
    public Builder clientSecret(String value) {
      clientSecret = value;
      return this;
    }

    /** Sent with each refresh; null, the default, sends the old access token's {@code org_id} claim, if any. */
    public Builder organizationId(String value) {
      organizationId = value;
      return this;
    }

    /** Ready for use by any number of threads. */
    public WorkOsRefresh build() {
      return new WorkOsRefresh(this);
    }
  }
}
