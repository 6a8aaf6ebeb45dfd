package org.everbearer.refresh;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.everbearer.TokenException;
import org.everbearer.TokenException.Reason;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * The public keys of a server (RFC 7517 §5): fetched when first needed and then every hour; as long as they cannot be
 * had, those that are held go on being used.
 */
final class VerificationKeys {
  private static final long KEPT = TimeUnit.HOURS.toNanos(1);
  // A token with an unknown key may mean new keys; a stream of them must not become a stream of requests.
  private static final long REFETCH_PAUSE = TimeUnit.MINUTES.toNanos(1);

  private final URI fixed;
  private final LongSupplier nanoTime;
  private volatile Fetched fetched;
  private volatile long triedAt;

  /** @param fixed where they are; null for the place that the server's metadata names */
  VerificationKeys(URI fixed, LongSupplier nanoTime) {
    this.fixed = fixed;
    this.nanoTime = nanoTime;
  }

  /**
   * Fetches them if none are held, or those held are old. Two threads may do so at once, with the same result.
   *
   * @throws TokenException only if none are held
   */
  void prepare(TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    Fetched held = fetched;
    if (held == null) {
      fetch(http, target, deadline);
      return;
    }
    long now = nanoTime.getAsLong();
    if (now - held.at <= KEPT || now - triedAt < REFETCH_PAUSE) return;
    try {
      fetch(http, target, deadline);
    } catch (TokenException kept) {
      // They verify as well as before. A token that they do not fit is not served.
    }
  }

  /** Fetches them again unless that was done a moment ago; returns whether it did. */
  boolean refetch(TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    if (nanoTime.getAsLong() - fetched.at < REFETCH_PAUSE) return false;
    fetch(http, target, deadline);
    return true;
  }

  JwksVerificationKeyResolver resolver() {
    JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(fetched.keys);
    resolver.setDisambiguateWithVerifySignature(true);
    return resolver;
  }

  private void fetch(TokenHttp http, TokenTarget target, Deadline deadline) throws TokenException {
    URI uri = fixed != null ? fixed : target.jwksUri();
    if (uri == null) {
      throw new TokenException(Reason.CONFIGURATION, "the issuer's metadata names no jwks_uri: set jwksUri");
    }
    triedAt = nanoTime.getAsLong();
    try {
      String document = JsonDocument.read(http, uri, deadline, "check jwksUri").toString();
      List<JsonWebKey> keys = new ArrayList<>();
      for (JsonWebKey key : new JsonWebKeySet(document).getJsonWebKeys()) {
        if (key instanceof PublicJsonWebKey) keys.add(key);
      }
      if (keys.isEmpty()) throw new JoseException("no public key");
      fetched = new Fetched(keys, nanoTime.getAsLong());
    } catch (JsonDocument.Absent e) {
      throw e.failure();
    } catch (JoseException | RuntimeException e) {
      // jose4j casts what it finds without asking.
      throw new TokenException(Reason.CONFIGURATION,
          EndpointUri.describe(uri) + " is no JWK Set with public keys: check jwksUri", e);
    }
  }

  private static final class Fetched {
    private final List<JsonWebKey> keys;
    private final long at;

    private Fetched(List<JsonWebKey> keys, long at) {
      this.keys = keys;
      this.at = at;
    }
  }
}
