package org.everbearer.refresh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import org.everbearer.log.Redaction;

/**
 * How a client shows a token endpoint who it is (RFC 6749 §2.3). Immutable; {@link #toString()} shows no secret.
 *
 * <pre>{@code
 * ClientAuthentication.basic("web", secret);
 * ClientAuthentication.privateKeyJwt("web", Paths.get("/etc/app/client-key.pem"));
 * }</pre>
 */
public final class ClientAuthentication {
  private final String method;
  private final String clientId;
  private final String secret;
  private final ClientKey key;

  private ClientAuthentication(String method, String clientId, String secret, ClientKey key) {
    this.method = method;
    this.clientId = clientId;
    this.secret = secret;
    this.key = key;
  }

  /** A public client: only its identifier is sent, or nothing at all if that is null. */
  public static ClientAuthentication none(String clientId) {
    return new ClientAuthentication("none", clientId, null, null);
  }

  /** The HTTP Basic scheme, identifier and secret form-encoded first (RFC 6749 §2.3.1). */
  public static ClientAuthentication basic(String clientId, String clientSecret) {
    return withSecret("basic", clientId, clientSecret);
  }

  /** Identifier and secret in the request's body (RFC 6749 §2.3.1). */
  public static ClientAuthentication post(String clientId, String clientSecret) {
    return withSecret("post", clientId, clientSecret);
  }

  /**
   * An assertion signed with the client's private key, a new one for each attempt (RFC 7523 §2.2). The key decides the
   * algorithm: RS256 for RSA; ES256, ES384 or ES512 for elliptic curves; or the {@code alg} of a JWK.
   *
   * @param keyFile a private key as PEM (PKCS #8) or as JWK (RFC 7517); read now, once
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it holds no such key; the message names the file and the remedy
   */
  public static ClientAuthentication privateKeyJwt(String clientId, Path keyFile) throws IOException {
    return new ClientAuthentication("private_key_jwt", required(clientId, "clientId"), null, ClientKey.read(keyFile));
  }

  private static ClientAuthentication withSecret(String method, String clientId, String clientSecret) {
    String id = required(clientId, "clientId");
    return new ClientAuthentication(method, id, required(clientSecret, "clientSecret"), null);
  }

  private static String required(String value, String name) {
    if (value == null || value.isEmpty()) throw new IllegalArgumentException(name + " is missing");
    return value;
  }

  void addTo(TokenRequest request, TokenTarget target) {
    switch (method) {
      case "basic":
        String pair = Redaction.formEncoded(clientId) + ":" + Redaction.formEncoded(secret);
        String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
        request.authorization("Basic " + encoded, secret);
        break;
      case "post":
        request.with("client_id", clientId).withSecret("client_secret", secret);
        break;
      case "private_key_jwt":
        request.with("client_id", clientId)
            .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .withSecret("client_assertion", key.assertion(clientId, target.audience()));
        break;
      default:
        request.with("client_id", clientId);
    }
  }

  @Override
  public String toString() {
    return "ClientAuthentication[" + method + ", " + Objects.toString(clientId, "no client id") + "]";
  }
}
