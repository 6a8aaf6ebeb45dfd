package org.everbearer.runner.standin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.util.Fields;
import org.everbearer.runner.standin.Counters.Event;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The OAuth 2.0 side of the identity server: token endpoint, metadata (RFC 8414) and keys (RFC 7517). */
final class OAuthEndpoints {
  private final IdentityEndpoints identity;
  private final AccessTokens accessTokens;
  private final Counters counters;
  private final URI base;

  OAuthEndpoints(IdentityEndpoints identity, AccessTokens accessTokens, Counters counters, URI base) {
    this.identity = identity;
    this.accessTokens = accessTokens;
    this.counters = counters;
    this.base = base;
  }

  void addTo(Routes routes) {
    routes.on("POST", "/oauth/token", identity.guarded(this::token));
    routes.on("GET", "/.well-known/oauth-authorization-server",
        identity.guarded(exchange -> exchange.reply(200, metadata())));
    routes.on("GET", "/.well-known/jwks.json",
        identity.guarded(exchange -> exchange.reply(200, "application/json", accessTokens.jwks())));
  }

  private void token(Exchange exchange) throws IOException {
    exchange.header("Cache-Control", "no-store");
    Fields form = exchange.form();
    String client = client(exchange.header("Authorization"), form);
    if (client == null) {
      exchange.header("WWW-Authenticate", "Basic realm=\"stand-in\"");
      exchange.error(401, "invalid_client", "the client is unknown or did not authenticate");
      return;
    }
    String grant = form.getValue("grant_type");
    if (grant == null) throw new BadRequest("grant_type is missing");
    switch (grant) {
      case "refresh_token" -> refreshToken(exchange, form);
      case "client_credentials" -> clientCredentials(exchange, form, client);
      default -> exchange.error(400, "unsupported_grant_type", "refresh_token and client_credentials are supported");
    }
  }

  private void refreshToken(Exchange exchange, Fields form) throws IOException {
    String token = form.getValue("refresh_token");
    if (token == null) throw new BadRequest("refresh_token is missing");
    Refresh refresh = identity.refresh(exchange, token, null);
    if (refresh == null) return;
    if (refresh.pair() == null) {
      exchange.error(400, "invalid_grant", "the refresh token is unknown, spent or revoked");
      return;
    }
    exchange.reply(200, tokenResponse(refresh.pair(), null));
  }

  private void clientCredentials(Exchange exchange, Fields form, String client) throws IOException {
    if (client.equals(StandIn.PUBLIC_CLIENT_ID)) {
      exchange.error(400, "unauthorized_client", "a client without a secret cannot act for itself");
      return;
    }
    String scope = form.getValue("scope");
    counters.count(Event.CLIENT_CREDENTIALS);
    exchange.reply(200, tokenResponse(new TokenPair(accessTokens.issue(client, null, null, scope), null), scope));
  }

  private JsonObject tokenResponse(TokenPair pair, String scope) {
    JsonObject body = new JsonObject();
    body.addProperty("access_token", pair.accessToken());
    body.addProperty("token_type", "Bearer");
    body.addProperty("expires_in", accessTokens.expiresIn());
    if (pair.refreshToken() != null) body.addProperty("refresh_token", pair.refreshToken());
    if (scope != null) body.addProperty("scope", scope);
    return body;
  }

  /** The client that authenticated (RFC 6749 §2.3.1: basic or post), or named itself if it has no secret; else null. */
  private static String client(String authorization, Fields form) {
    String id = form.getValue("client_id");
    String secret = form.getValue("client_secret");
    if (authorization != null) {
      if (secret != null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) return null;
      String[] parts = basic(authorization.substring(6).trim());
      if (parts.length != 2) return null;
      id = parts[0];
      secret = parts[1];
    }
    if (StandIn.CLIENT_ID.equals(id) && StandIn.CLIENT_SECRET.equals(secret)) return id;
    return StandIn.PUBLIC_CLIENT_ID.equals(id) && secret == null ? id : null;
  }

  /** Identifier and secret; each is form-encoded inside the Base64. */
  private static String[] basic(String base64) {
    try {
      String[] parts = new String(Base64.getDecoder().decode(base64), UTF_8).split(":", 2);
      for (int i = 0; i < parts.length; i++) parts[i] = URLDecoder.decode(parts[i], UTF_8);
      return parts;
    } catch (IllegalArgumentException malformed) {
      return new String[0];
    }
  }

  private JsonObject metadata() {
    JsonObject body = new JsonObject();
    body.addProperty("issuer", base.toString());
    body.addProperty("token_endpoint", base + "/oauth/token");
    body.addProperty("jwks_uri", base + "/.well-known/jwks.json");
    body.add("response_types_supported", new JsonArray());
    body.add("grant_types_supported", array(List.of("refresh_token", "client_credentials")));
    body.add("token_endpoint_auth_methods_supported",
        array(List.of("client_secret_basic", "client_secret_post", "none")));
    return body;
  }

  private static JsonArray array(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
