package org.everbearer.config;

import static org.everbearer.config.Parameters.CLIENT_AUTHENTICATION;
import static org.everbearer.config.Parameters.CLIENT_ID;
import static org.everbearer.config.Parameters.CLIENT_KEY;
import static org.everbearer.config.Parameters.CLIENT_SECRET;

import java.util.Locale;

/** How clientId, clientSecret, clientKey and clientAuthentication belong together. */
final class ClientRules {
  private final Settings settings;
  private final Protocol protocol;

  private ClientRules(Settings settings, Protocol protocol) {
    this.settings = settings;
    this.protocol = protocol;
  }

  static void apply(Settings settings, Protocol protocol) {
    if (!CLIENT_ID.appliesTo(protocol)) return;
    ClientRules rules = new ClientRules(settings, protocol);
    boolean idNeeded = protocol == Protocol.WORKOS || protocol == Protocol.CLIENT_CREDENTIALS;
    if (idNeeded) rules.need(CLIENT_ID, "is required with protocol=" + protocol.spelling());
    if (CLIENT_AUTHENTICATION.appliesTo(protocol)) rules.authentication(idNeeded);
  }

  private void authentication(boolean idReported) {
    boolean secret = settings.isGiven(CLIENT_SECRET);
    boolean key = settings.isGiven(CLIENT_KEY);
    if (settings.isWrong(CLIENT_AUTHENTICATION)) return;
    if (!settings.isGiven(CLIENT_AUTHENTICATION) && secret && key) {
      settings.problem(CLIENT_AUTHENTICATION, "is required when there are both clientSecret and clientKey: basic, post or"
          + " private_key_jwt");
      return;
    }
    settings.putDefault(CLIENT_AUTHENTICATION,
        secret ? Authentication.BASIC : key ? Authentication.PRIVATE_KEY_JWT : Authentication.NONE);
    Authentication method = settings.get(CLIENT_AUTHENTICATION);
    String with = "with clientAuthentication=" + method.name().toLowerCase(Locale.ROOT);
    boolean bySecret = method == Authentication.BASIC || method == Authentication.POST;
    boolean byKey = method == Authentication.PRIVATE_KEY_JWT;
    if (bySecret) need(CLIENT_SECRET, "is required " + with);
    if (byKey) need(CLIENT_KEY, "is required " + with);
    if (!idReported && (bySecret || byKey)) need(CLIENT_ID, "is required " + with);
    if (secret && !bySecret) settings.problem(CLIENT_SECRET, "has no meaning " + with + "; remove it");
    if (key && !byKey) settings.problem(CLIENT_KEY, "has no meaning " + with + "; remove it");
  }

  private void need(Parameter<?> parameter, String rule) {
    if (!settings.isGiven(parameter)) settings.problem(parameter, rule);
  }
}
