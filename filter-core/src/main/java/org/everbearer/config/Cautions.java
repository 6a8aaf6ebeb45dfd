package org.everbearer.config;

import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.everbearer.JwtClaims;
import org.everbearer.config.StoreChoice.Kind;
import org.everbearer.refresh.SessionRefresh;
import org.everbearer.refresh.WorkOsRefresh;

/** What works but is hardly meant: logged at start, no reason to stop a deployment. */
final class Cautions {
  private static final List<Parameter<?>> FOR_ANY_STORE = Arrays.asList(
      Parameters.STORE_KEY, Parameters.ON_STORE_FAILURE, Parameters.ENCRYPTION_KEY, Parameters.ENCRYPTION_KEYS_OLD);
  private static final List<Parameter<?>> FOR_DOTENV =
      Arrays.asList(Parameters.DOTENV_ACCESS_TOKEN_KEY, Parameters.DOTENV_REFRESH_TOKEN_KEY);
  private static final List<Parameter<?>> FOR_MANY_IDENTITIES =
      Arrays.asList(Parameters.MAX_CONCURRENT_REFRESHES, Parameters.MAX_CACHED_TOKENS);

  /** A refresh may bring a new refresh token. */
  private static final Set<Protocol> ROTATING =
      Collections.unmodifiableSet(EnumSet.of(Protocol.REFRESH_SESSION, Protocol.OAUTH2, Protocol.WORKOS));

  private Cautions() {}

  static void apply(Settings settings, Protocol protocol) {
    TokenCautions.apply(settings, protocol);
    endpoint(settings, protocol);
    if (isForgotten(settings, protocol)) {
      boolean chosen = settings.isGiven(Parameters.STORE);
      String label = chosen ? settings.label(Parameters.STORE) : "store = memory, the default";
      settings.warnings().add(label + ": a refresh may bring a new refresh token, and then the configured one is spent:"
          + " the next restart or redeploy begins with that, and it is rejected. Keep the tokens in a durable store:"
          + " file:PATH, dotenv:PATH or jdbc:JNDI-NAME");
    }
    StoreChoice store = settings.get(Parameters.STORE);
    if (store != null && store.isRelative()) {
      settings.warnings().add(settings.label(Parameters.STORE) + ": is relative to the working directory, which differs"
          + " with who starts the server: the file is " + store.path() + " now. Write the whole path");
    }
    for (Parameter<?> parameter : settings.literalSecrets()) {
      settings.warnings().add(settings.label(parameter)
          + ": a secret stands in the deployment descriptor itself; write a reference such as"
          + " #{env:NAME} or #{file:PATH}");
    }
    boolean half = settings.isGiven(Parameters.ACCESS_TOKEN) && !settings.isGiven(Parameters.REFRESH_TOKEN);
    if (half && Parameters.REFRESH_TOKEN.appliesTo(protocol)) {
      settings.warnings().add("accessToken is configured without refreshToken: it cannot be refreshed; add"
          + " refreshToken, or say protocol=static");
    }
    String token = protocol == Protocol.STATIC ? settings.get(Parameters.ACCESS_TOKEN) : null;
    Instant end = token == null ? null : JwtClaims.of(token).expiresAt();
    if (end != null && end.isBefore(Instant.now())) {
      settings.warnings().add(settings.label(Parameters.ACCESS_TOKEN) + ": the token has expired at " + end
          + "; replace it");
    }
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      Setting setting = settings.setting(parameter);
      // Context-params speak to all clients, of which another one may listen.
      boolean aimedHere = setting != null && setting.place() != Setting.Place.CONTEXT_PARAM;
      String idle = aimedHere ? idleWith(settings, parameter) : null;
      if (idle != null) settings.warnings().add(settings.label(parameter) + ": has no effect with " + idle);
    }
  }

  /** Whether a single-use refresh token comes from the configuration, and its successor goes with the process. */
  private static boolean isForgotten(Settings settings, Protocol protocol) {
    StoreChoice store = settings.get(Parameters.STORE);
    return ROTATING.contains(protocol) && store != null && store.kind() == Kind.MEMORY
        && settings.isGiven(Parameters.REFRESH_TOKEN) && settings.get(Parameters.IDENTITY) == IdentityKind.APPLICATION;
  }

  private static void endpoint(Settings settings, Protocol protocol) {
    URI base = settings.isGiven(Parameters.BASE_URL) ? settings.get(Parameters.BASE_URL) : null;
    String path = protocol == Protocol.WORKOS ? WorkOsRefresh.PATH : SessionRefresh.PATH;
    if (base != null && holdsAlready(base, path)) {
      settings.warnings().add(settings.label(Parameters.BASE_URL) + ": protocol=" + protocol.spelling() + " adds "
          + path + " to it; cut the end off, or give the whole address as tokenEndpoint");
    }
    URI issuer = settings.get(Parameters.ISSUER);
    if (issuer != null && issuer.getPath() != null && issuer.getPath().contains("/.well-known/")) {
      settings.warnings().add(settings.label(Parameters.ISSUER)
          + ": is the address of a metadata document; give the issuer that it names, which has no /.well-known/");
    }
    if (protocol == Protocol.OAUTH2 && !settings.isGiven(Parameters.CLIENT_ID)) {
      settings.warnings().add("clientId is not configured: nearly every server of protocol=oauth2 wants to know the"
          + " client (RFC 6749 section 6), and answers invalid_client without it");
    }
  }

  /** Whether the base ends in the protocol's path, or in all of it but the last name. */
  private static boolean holdsAlready(URI base, String path) {
    String given = base.getPath() == null ? "" : base.getPath().replaceAll("/+$", "");
    return given.endsWith(path) || given.endsWith(path.substring(0, path.lastIndexOf('/')));
  }

  /** What keeps the parameter from having an effect; null if it has one. */
  static String idleWith(Settings settings, Parameter<?> parameter) {
    StoreChoice store = settings.get(Parameters.STORE);
    boolean idle = store != null
        && (store.kind() == Kind.MEMORY && FOR_ANY_STORE.contains(parameter)
            || store.kind() != Kind.JDBC && parameter == Parameters.CREATE_TABLE
            || !store.isFile() && parameter == Parameters.FILE_MODE
            || store.kind() != Kind.DOTENV && FOR_DOTENV.contains(parameter));
    if (idle) return "store=" + store;
    boolean single = settings.get(Parameters.IDENTITY) == IdentityKind.APPLICATION
        && settings.protocol() != Protocol.TOKEN_EXCHANGE;
    return single && FOR_MANY_IDENTITIES.contains(parameter) ? "identity=application" : null;
  }
}
