package org.everbearer.config;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.everbearer.JwtClaims;
import org.everbearer.config.ClientConfig.Identity;
import org.everbearer.config.StoreChoice.Kind;

/** What works but is hardly meant: logged at start, no reason to stop a deployment. */
final class Cautions {
  private static final List<Parameter<?>> FOR_ANY_STORE = Arrays.asList(
      Parameters.STORE_KEY, Parameters.ON_STORE_FAILURE, Parameters.ENCRYPTION_KEY, Parameters.ENCRYPTION_KEYS_OLD);
  private static final List<Parameter<?>> FOR_DOTENV =
      Arrays.asList(Parameters.DOTENV_ACCESS_TOKEN_KEY, Parameters.DOTENV_REFRESH_TOKEN_KEY);
  private static final List<Parameter<?>> FOR_MANY_IDENTITIES =
      Arrays.asList(Parameters.MAX_CONCURRENT_REFRESHES, Parameters.MAX_CACHED_TOKENS);

  private Cautions() {}

  static void apply(Settings settings, Protocol protocol) {
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

  /** What keeps the parameter from having an effect; null if it has one. */
  static String idleWith(Settings settings, Parameter<?> parameter) {
    StoreChoice store = settings.get(Parameters.STORE);
    boolean idle = store != null
        && (store.kind() == Kind.MEMORY && FOR_ANY_STORE.contains(parameter)
            || store.kind() != Kind.JDBC && parameter == Parameters.CREATE_TABLE
            || !store.isFile() && parameter == Parameters.FILE_MODE
            || store.kind() != Kind.DOTENV && FOR_DOTENV.contains(parameter));
    if (idle) return "store=" + store;
    boolean single = settings.get(Parameters.IDENTITY) == Identity.APPLICATION
        && settings.protocol() != Protocol.TOKEN_EXCHANGE;
    return single && FOR_MANY_IDENTITIES.contains(parameter) ? "identity=application" : null;
  }
}
