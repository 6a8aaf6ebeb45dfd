package org.everbearer.config;

import static org.everbearer.config.Parameters.ACCESS_TOKEN;
import static org.everbearer.config.Parameters.ALLOWED_ORIGINS;
import static org.everbearer.config.Parameters.ALLOW_INSECURE;
import static org.everbearer.config.Parameters.BACKGROUND;
import static org.everbearer.config.Parameters.BASE_URL;
import static org.everbearer.config.Parameters.ENCRYPTION_KEY;
import static org.everbearer.config.Parameters.ENCRYPTION_KEYS_OLD;
import static org.everbearer.config.Parameters.EXPECTED_AUDIENCE;
import static org.everbearer.config.Parameters.EXPECTED_ISSUER;
import static org.everbearer.config.Parameters.IDENTITY;
import static org.everbearer.config.Parameters.ISSUER;
import static org.everbearer.config.Parameters.JWKS_URI;
import static org.everbearer.config.Parameters.ON_UNAVAILABLE;
import static org.everbearer.config.Parameters.REFRESH_TOKEN;
import static org.everbearer.config.Parameters.REUSE_GRACE;
import static org.everbearer.config.Parameters.STORE;
import static org.everbearer.config.Parameters.STORE_KEY;
import static org.everbearer.config.Parameters.TOKEN_ENDPOINT;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.everbearer.Origin;
import org.everbearer.refresh.WorkOsRefresh;

/** What must hold between parameters, and the defaults that depend on others. */
final class Rules {
  private static final List<Parameter<URI>> ENDPOINTS = Arrays.asList(BASE_URL, TOKEN_ENDPOINT, ISSUER);
  private static final String INSECURE =
      "must be https: plain http goes to loopback hosts only, unless allowInsecure=true";

  private final Settings settings;
  private final Protocol protocol;

  private Rules(Settings settings) {
    this.settings = settings;
    this.protocol = settings.protocol();
  }

  /** Reads all parameters, and notes what is wrong with them, each and between them. */
  static Settings read(ConfigSource source) {
    Settings settings = new Settings(source);
    apply(settings);
    StoreChoice store = settings.get(STORE);
    if (source.isOutsideContainer() && store != null && store.kind() == StoreChoice.Kind.JDBC) {
      settings.openReferences().add(settings.label(STORE)
          + ": the data source, and so the table, can only be found in the container");
    }
    return settings;
  }

  private static void apply(Settings settings) {
    Rules rules = new Rules(settings);
    rules.origins();
    if (rules.protocol == null) return; // everything else would be guesswork
    rules.endpoint();
    rules.secureUrls();
    rules.firstPair();
    ClientRules.apply(settings, rules.protocol);
    rules.identity();
    rules.encryption();
    rules.verification();
    rules.defaults();
    Cautions.apply(settings, rules.protocol);
  }

  private void origins() {
    if (!settings.isGiven(ALLOWED_ORIGINS)) {
      settings.problem(ALLOWED_ORIGINS,
          "is required: the origins (scheme://host[:port]) that may receive the token, for instance"
          + " https://api.example.com");
    }
    List<Origin> origins = settings.get(ALLOWED_ORIGINS);
    if (origins == null || insecureAllowed()) return;
    for (Origin origin : origins) {
      if (!origin.isSecure()) settings.problem(ALLOWED_ORIGINS, origin + " " + INSECURE);
    }
  }

  private void endpoint() {
    List<Parameter<?>> possible = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> given = new ArrayList<>();
    for (Parameter<URI> parameter : ENDPOINTS) {
      if (!parameter.appliesTo(protocol)) continue;
      possible.add(parameter);
      names.add(parameter.name());
      if (settings.isGiven(parameter)) given.add(settings.label(parameter));
    }
    if (possible.isEmpty()) return;
    String rule = "exactly one of " + Values.oneOf(names) + " is needed with protocol=" + protocol.spelling();
    if (given.size() > 1) {
      settings.problems().add(rule + "; there are " + String.join(" and ", given)
          + " (an empty override takes one away)");
    } else if (given.isEmpty() && protocol == Protocol.WORKOS) {
      settings.putDefault(BASE_URL, URI.create(WorkOsRefresh.BASE));
    } else if (given.isEmpty()) {
      settings.problems().add(rule + "; there is none");
    }
  }

  private void secureUrls() {
    if (insecureAllowed()) return;
    for (Parameter<URI> parameter : Arrays.asList(BASE_URL, TOKEN_ENDPOINT, ISSUER, JWKS_URI)) {
      URI uri = settings.get(parameter);
      boolean bad = uri != null && !Origin.of(uri.getScheme(), uri.getHost(), uri.getPort()).isSecure();
      if (bad) settings.problem(parameter, INSECURE);
    }
  }

  // A switch that is itself wrong must not make a second problem of every URL.
  private boolean insecureAllowed() {
    return settings.isWrong(ALLOW_INSECURE) || Boolean.TRUE.equals(settings.get(ALLOW_INSECURE));
  }

  private void firstPair() {
    if (isSession()) {
      String rule =
          "cannot be used with identity=session, where each user's tokens come from storeTokens(…); remove it";
      if (settings.isGiven(ACCESS_TOKEN)) settings.problem(ACCESS_TOKEN, rule);
      if (settings.isGiven(REFRESH_TOKEN)) settings.problem(REFRESH_TOKEN, rule);
      return;
    }
    if (protocol == Protocol.STATIC && !settings.isGiven(ACCESS_TOKEN)) {
      settings.problem(ACCESS_TOKEN, "is required with protocol=static");
    }
    StoreChoice store = settings.get(STORE);
    boolean nothingStored = store != null && store.kind() == StoreChoice.Kind.MEMORY;
    boolean nothingGiven = !settings.isGiven(ACCESS_TOKEN) && !settings.isGiven(REFRESH_TOKEN);
    if (nothingStored && nothingGiven && needsFirstPair()) settings.problem(REFRESH_TOKEN, FIRST_PAIR);
  }

  static final String FIRST_PAIR =
      "is required: the protocol starts from a first pair (accessToken, refreshToken), none is configured, and the"
      + " store holds none; write for instance #{env:AUTH_REFRESH_TOKEN}";

  private boolean needsFirstPair() {
    return protocol == Protocol.REFRESH_SESSION || protocol == Protocol.OAUTH2 || protocol == Protocol.WORKOS;
  }

  private boolean isSession() {
    return settings.get(IDENTITY) == IdentityKind.SESSION;
  }

  private void identity() {
    if (!isSession()) return;
    if (protocol == Protocol.STATIC || protocol == Protocol.CLIENT_CREDENTIALS) {
      settings.problem(IDENTITY, "cannot be session with protocol=" + protocol.spelling()
          + ", which has one token for the whole application");
    }
    StoreChoice store = settings.get(STORE);
    if (store != null && store.isFile()) {
      settings.problem(STORE, "cannot be a file with identity=session, because it holds one token family; use memory,"
          + " jdbc:JNDI-NAME or a store of your own");
    }
  }

  private void encryption() {
    if (settings.isGiven(ENCRYPTION_KEYS_OLD) && !settings.isGiven(ENCRYPTION_KEY)) {
      settings.problem(ENCRYPTION_KEYS_OLD, "needs encryptionKey beside it, the key that is used from now on");
    }
    StoreChoice store = settings.get(STORE);
    if (store == null || !settings.isGiven(ENCRYPTION_KEY)) return;
    if (store.kind() == StoreChoice.Kind.CUSTOM) {
      settings.problem(ENCRYPTION_KEY, "cannot reach a store of your own, which must encrypt by itself; remove it");
    } else if (store.kind() == StoreChoice.Kind.DOTENV) {
      settings.problem(ENCRYPTION_KEY, "cannot encrypt a dotenv store, which is plain text by nature; use file:PATH, or"
          + " remove it");
    }
  }

  private void verification() {
    if (settings.isGiven(JWKS_URI) || settings.isGiven(ISSUER)) return;
    for (Parameter<String> parameter : Arrays.asList(EXPECTED_ISSUER, EXPECTED_AUDIENCE)) {
      if (settings.isGiven(parameter)) {
        settings.problem(parameter, "needs jwksUri, because a claim is worth nothing without its signature");
      }
    }
  }

  private Unavailable unavailable() {
    if (protocol == Protocol.RELAY || protocol == Protocol.TOKEN_EXCHANGE) return Unavailable.BY_REASON;
    return isSession() ? Unavailable.UNAUTHORIZED : Unavailable.SERVICE_UNAVAILABLE;
  }

  private void defaults() {
    settings.putDefault(BACKGROUND, !isSession());
    settings.putDefault(ON_UNAVAILABLE, unavailable());
    settings.putDefault(STORE_KEY, settings.source().name());
    if (protocol == Protocol.WORKOS) settings.putDefault(REUSE_GRACE, Duration.ofSeconds(30));
  }
}
