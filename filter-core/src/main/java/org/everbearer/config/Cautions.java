package org.everbearer.config;

import java.util.Arrays;
import java.util.List;
import org.everbearer.config.ClientConfig.Identity;

/** What works but is hardly meant: logged at start, no reason to stop a deployment. */
final class Cautions {
  private final Settings settings;
  private final Protocol protocol;

  Cautions(Settings settings, Protocol protocol) {
    this.settings = settings;
    this.protocol = protocol;
  }

  void apply() {
    for (Parameter<?> parameter : settings.literalSecrets()) {
      settings.warnings().add(settings.label(parameter) + ": a secret stands in the deployment descriptor itself; write a"
          + " reference such as #{env:NAME} or #{file:PATH}");
    }
    boolean half = settings.isGiven(Parameters.ACCESS_TOKEN) && !settings.isGiven(Parameters.REFRESH_TOKEN);
    if (half && Parameters.REFRESH_TOKEN.appliesTo(protocol)) {
      settings.warnings().add("accessToken is configured without refreshToken: it cannot be refreshed; add refreshToken,"
          + " or say protocol=static");
    }
    store();
    boolean one = settings.get(Parameters.IDENTITY) == Identity.APPLICATION && protocol != Protocol.TOKEN_EXCHANGE;
    if (one) idle("identity=application", Parameters.MAX_CONCURRENT_REFRESHES, Parameters.MAX_CACHED_TOKENS);
  }

  private void store() {
    StoreChoice store = settings.get(Parameters.STORE);
    if (store == null) return;
    String with = "store=" + store;
    List<Parameter<?>> shared = Arrays.asList(Parameters.STORE_KEY, Parameters.ON_STORE_FAILURE,
        Parameters.ENCRYPTION_KEY, Parameters.ENCRYPTION_KEYS_OLD);
    if (store.kind() == StoreChoice.Kind.MEMORY) idle(with, shared.toArray(new Parameter<?>[0]));
    if (store.kind() != StoreChoice.Kind.JDBC) idle(with, Parameters.CREATE_TABLE);
    if (store.kind() != StoreChoice.Kind.DOTENV) {
      idle(with, Parameters.DOTENV_ACCESS_TOKEN_KEY, Parameters.DOTENV_REFRESH_TOKEN_KEY);
    }
  }

  private void idle(String with, Parameter<?>... parameters) {
    for (Parameter<?> parameter : parameters) {
      Setting setting = settings.setting(parameter);
      // Context-params speak to all clients, of which another one may listen.
      boolean aimedHere = setting != null && setting.place() != Setting.Place.CONTEXT_PARAM;
      if (aimedHere) settings.warnings().add(settings.label(parameter) + ": has no effect with " + with);
    }
  }
}
