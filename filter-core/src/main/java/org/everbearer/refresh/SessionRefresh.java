package org.everbearer.refresh;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.everbearer.JwtClaims;
import org.everbearer.TokenException;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;

/**
 * The protocol {@code refresh-session}: JSON there, JSON back.
 *
 * <pre>
 * POST {base}/auth/v2/refresh-session     {"refreshToken": "…", "organizationId": "…"}
 * 200                                     {"accessToken": "…", "refreshToken": "…"}
 * </pre>
 *
 * <p>The names are options, so that a home-grown endpoint fits:
 *
 * <pre>{@code
 * SessionRefresh.builder(endpoint).refreshTokenField("token").accessTokenPath("data.access").build();
 * }</pre>
 *
 * <p>401 and 403 mean that the refresh token is dead if their JSON has an {@code error} or {@code code} (a gateway's
 * refusal has none), and so does any error whose body matches {@code deadTokenPattern}, whatever its status. Safe for
 * use by any number of threads.
 */
public final class SessionRefresh implements TokenRefresher {
  /** The path below the base URL. */
  public static final String PATH = "/auth/v2/refresh-session";

  private final TokenEndpoint endpoint;
  private final String organizationId;
  private final String refreshTokenField;
  private final String organizationIdField;
  private final Dialect dialect;

  private SessionRefresh(Builder b) {
    this.endpoint = b.endpoint;
    this.organizationId = b.organizationId;
    this.refreshTokenField = b.refreshTokenField;
    this.organizationIdField = b.organizationIdField;
    this.dialect = Dialect.session(b.accessTokenPath, b.refreshTokenPath, b.expiresInPath, b.deadTokenPattern);
  }

  /** @param endpoint where the requests go; closed with what is built */
  public static Builder builder(TokenEndpoint endpoint) {
    return new Builder(endpoint);
  }

  @Override
  public TokenSet refresh(TokenSet current) throws TokenException {
    String organization = organizationId != null ? organizationId
        : JwtClaims.of(current.accessToken()).string("org_id");
    return endpoint.ask(target -> TokenRequest.json()
        .withSecret(refreshTokenField, current.refreshToken())
        .with(organizationIdField, organization), dialect);
  }

  @Override
  public Duration attemptTimeout() {
    return endpoint.attemptTimeout();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Collects the options of a {@link SessionRefresh}. Not thread-safe. */
  public static final class Builder {
    private final TokenEndpoint endpoint;
    private String organizationId;
    private String refreshTokenField = "refreshToken";
    private String organizationIdField = "organizationId";
    private String accessTokenPath = "accessToken";
    private String refreshTokenPath = "refreshToken";
    private String expiresInPath;
    private Pattern deadTokenPattern = Pattern.compile("(?i)(invalid|expired)( or (invalid|expired))? refresh token");

    private Builder(TokenEndpoint endpoint) {
      this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    /** Sent with each refresh; null, the default, sends the old access token's {@code org_id} claim, if any. */
    public Builder organizationId(String value) {
      organizationId = value;
      return this;
    }

    /** The member of the request that holds the refresh token. */
    public Builder refreshTokenField(String value) {
      refreshTokenField = Dialect.name(value);
      return this;
    }

    /** The member of the request that holds the organization. */
    public Builder organizationIdField(String value) {
      organizationIdField = Dialect.name(value);
      return this;
    }

    /** Where the reply holds the access token; dots lead into objects: {@code data.accessToken}. */
    public Builder accessTokenPath(String value) {
      accessTokenPath = Dialect.path(value);
      return this;
    }

    /** Where the reply holds the new refresh token. */
    public Builder refreshTokenPath(String value) {
      refreshTokenPath = Dialect.path(value);
      return this;
    }

    /** Where the reply holds the lifetime in seconds; null, the default, for nowhere. */
    public Builder expiresInPath(String value) {
      expiresInPath = value == null ? null : Dialect.path(value);
      return this;
    }

    /** What a reply without an access token says, in any place, if the refresh token is dead; null for nothing. */
    public Builder deadTokenPattern(Pattern value) {
      deadTokenPattern = value;
      return this;
    }

    /** Ready for use by any number of threads. */
    public SessionRefresh build() {
      return new SessionRefresh(this);
    }
  }
}
