package org.everbearer.refresh;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.everbearer.TokenSet;

/**
 * A place that hands out tokens, and a private HTTP client to ask it with: no redirects, no retries, no cookies, no
 * connection reuse, replies of at most 1 MiB (compressed or not). A complete answer counts even if the connection breaks
 * under it. The JVM's proxy and TLS system properties are honoured.
 *
 * <pre>{@code
 * TokenEndpoint endpoint = TokenEndpoint.builder("chat-api")
 *     .base("https://api.example.com", SessionRefresh.PATH)
 *     .header("X-Api-Key", key)
 *     .build();
 * TokenRefresher refresher = SessionRefresh.builder(endpoint).build();
 * }</pre>
 *
 * <p>One attempt takes at most {@code requestTimeout}, from reading the issuer's metadata to the last byte of the
 * reply, however slowly the bytes arrive. Only the operating system's name look-up may hold the
 * calling thread longer; nothing is sent after it then. Building one opens no connection. Safe for use by any number
 * of threads; closed by the refresher that was made from it.
 */
public final class TokenEndpoint implements Closeable {
  private final TokenTarget fixed;
  private final ServerMetadata metadata;
  private final TokenVerifier verifier;
  private final List<Header> headers;
  private final Duration requestTimeout;
  private final TokenHttp http;

  private TokenEndpoint(Builder b) {
    this.fixed = b.uri == null ? null : new TokenTarget(EndpointUri.parse(b.uri, b.allowInsecure), null, null);
    this.metadata = b.issuer == null ? null : new ServerMetadata(b.issuer, b.allowInsecure, System::nanoTime);
    this.verifier = TokenVerifier.of(
        b.jwksUri, b.expectedIssuer, b.expectedAudience, metadata != null, b.allowInsecure);
    this.headers = new ArrayList<>(b.headers);
    this.requestTimeout = b.requestTimeout;
    this.http = new TokenHttp(b.client, b.connectTimeout);
  }

  /** @param client the client's name, which the names of threads begin with: {@code everbearer-<client>-} */
  public static Builder builder(String client) {
    return new Builder(client);
  }

  Duration attemptTimeout() {
    return requestTimeout;
  }

  /** One attempt: asks once and makes the answer tokens or the failure that it means. */
  TokenSet ask(Question question, Dialect dialect) throws TokenException {
    Deadline deadline = Deadline.in(requestTimeout);
    // What is read beforehand must leave time for the request that counts: cutting that one short is what does harm.
    Deadline preparation = deadline.half();
    TokenTarget target = fixed != null ? fixed : metadata.target(http, preparation);
    try {
      // Fetched before anything is spent: with no keys to check the new token by, rotating would be for nothing.
      if (verifier != null) verifier.prepare(http, target, preparation);
      TokenRequest request = question.to(target);
      HttpReply reply = http.exchange(request.toPost(target.uri(), headers), deadline);
      TokenSet tokens = new TokenResponse(reply, dialect, target.uri(), request.redaction()).tokens();
      return verifier == null ? tokens : verifier.checked(tokens, http, target, deadline);
    } catch (TokenException e) {
      // What the issuer named may have moved; a document that is no longer true must not be believed for ever.
      boolean wrongPlace = e.reason() == Reason.CONFIGURATION || e.reason() == Reason.NOT_SENT;
      if (metadata != null && wrongPlace) metadata.doubt(target);
      throw e;
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /** What is to be asked, once it is known where. */
  interface Question {
    TokenRequest to(TokenTarget target) throws TokenException;
  }

  /** Collects the options of a {@link TokenEndpoint}: exactly one of uri, base and issuer. Not thread-safe. */
  public static final class Builder {
    private final String client;
    private String uri;
    private String issuer;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private boolean allowInsecure;
    private String jwksUri;
    private String expectedIssuer;
    private String expectedAudience;
    private final List<Header> headers = new ArrayList<>();

    private Builder(String client) {
      this.client = Objects.requireNonNull(client, "client");
    }

    /** The whole URL. */
    public Builder uri(String value) {
      uri = value;
      return this;
    }

    /** A base URL, with or without a slash at its end, and the protocol's path, which begins with one. */
    public Builder base(String base, String path) {
      return uri(base.replaceAll("/+$", "") + path);
    }

    /**
     * The identifier of an authorization server whose metadata names the endpoint (RFC 8414, else OpenID Connect
     * Discovery 1.0). Read at the first refresh, and checked: its {@code issuer} must be this very string. Read again
     * each day, and when what it names does not work; the last good one serves while it cannot be had.
     */
    public Builder issuer(String value) {
      issuer = value;
      return this;
    }

    /** How long to try to reach one address of the server: 5 s by default. */
    public Builder connectTimeout(Duration value) {
      connectTimeout = positive(value, "connectTimeout");
      return this;
    }

    /** The bound of a whole attempt: 10 s by default. */
    public Builder requestTimeout(Duration value) {
      requestTimeout = positive(value, "requestTimeout");
      return this;
    }

    /**
     * One more header for the token endpoint, for instance an API key; not sent for metadata and keys.
     *
     * @throws IllegalArgumentException if it is no header, or one that frames the message
     */
    public Builder header(String name, String value) {
      headers.add(checked(name, value));
      return this;
    }

    /** Whether plain http to other hosts than loopback is allowed: no by default. */
    public Builder allowInsecure(boolean value) {
      allowInsecure = value;
      return this;
    }

    /**
     * The keys (RFC 7517 §5) that each new access token must be signed with, or it is not served. With an issuer and
     * one of the two expectations below, those of the issuer's metadata are the default; else nothing is verified.
     */
    public Builder jwksUri(String value) {
      jwksUri = value;
      return this;
    }

    /** The {@code iss} that each new access token must have; null, the default, for any. Needs keys, see above. */
    public Builder expectedIssuer(String value) {
      expectedIssuer = value;
      return this;
    }

    /** An {@code aud} that each new access token must have; null, the default, for any. Needs keys, see above. */
    public Builder expectedAudience(String value) {
      expectedAudience = value;
      return this;
    }

    /** @throws IllegalArgumentException that names the rule which the options break */
    public TokenEndpoint build() {
      if ((uri == null) == (issuer == null)) {
        throw new IllegalArgumentException("exactly one is needed: the endpoint's URL, or an issuer");
      }
      return new TokenEndpoint(this);
    }

    private static Duration positive(Duration value, String name) {
      if (value.isNegative() || value.isZero()) throw new IllegalArgumentException(name + " must be longer than zero");
      return value;
    }

    private static Header checked(String name, String value) {
      if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
        throw new IllegalArgumentException("a header's name is a token (RFC 9110 section 5.6.2)");
      }
      if (!value.matches("[\\x20-\\x7e\\t]*")) {
        throw new IllegalArgumentException("the value of the header " + name + " must be printable US-ASCII");
      }
      if (name.toLowerCase(Locale.ROOT).matches("host|connection|content-length|content-type|transfer-encoding")) {
        throw new IllegalArgumentException("the header " + name + " frames the message and cannot be set");
      }
      return new BasicHeader(name, value, true);
    }
  }
}
