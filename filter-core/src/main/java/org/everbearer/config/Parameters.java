package org.everbearer.config;

import static org.everbearer.config.Protocol.CLIENT_CREDENTIALS;
import static org.everbearer.config.Protocol.CUSTOM;
import static org.everbearer.config.Protocol.OAUTH2;
import static org.everbearer.config.Protocol.REFRESH_SESSION;
import static org.everbearer.config.Protocol.RELAY;
import static org.everbearer.config.Protocol.STATIC;
import static org.everbearer.config.Protocol.TOKEN_EXCHANGE;
import static org.everbearer.config.Protocol.WORKOS;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.everbearer.Origin;
import org.everbearer.store.FileMode;

/** All parameters that exist, in the order in which they are documented and described. */
final class Parameters {
  private static final List<Parameter<?>> REGISTERED = new ArrayList<>();

  // For which protocols a parameter means anything.
  private static final Set<Protocol> ALL = EnumSet.allOf(Protocol.class);
  private static final Set<Protocol> KEEPING = EnumSet.complementOf(EnumSet.of(RELAY));
  private static final Set<Protocol> ENDPOINT =
      EnumSet.of(REFRESH_SESSION, OAUTH2, CLIENT_CREDENTIALS, WORKOS, TOKEN_EXCHANGE);
  private static final Set<Protocol> GRANT = EnumSet.of(OAUTH2, CLIENT_CREDENTIALS, TOKEN_EXCHANGE);
  private static final Set<Protocol> IDENTIFIED = EnumSet.of(OAUTH2, CLIENT_CREDENTIALS, TOKEN_EXCHANGE, WORKOS);
  private static final Set<Protocol> BASED = EnumSet.of(REFRESH_SESSION, WORKOS);
  private static final Set<Protocol> PAIR = EnumSet.of(REFRESH_SESSION, OAUTH2, WORKOS, CUSTOM);
  private static final Set<Protocol> REFRESHING =
      EnumSet.of(REFRESH_SESSION, OAUTH2, WORKOS, CUSTOM, CLIENT_CREDENTIALS);
  private static final Set<Protocol> JSON = EnumSet.of(REFRESH_SESSION);

  static final Parameter<ProtocolChoice> PROTOCOL = of("protocol", ALL, ProtocolChoice::parse, "refresh-session");
  static final Parameter<URI> BASE_URL = of("baseUrl", BASED, Values::baseUrl, null);
  static final Parameter<URI> TOKEN_ENDPOINT = of("tokenEndpoint", ENDPOINT, Values::url, null);
  static final Parameter<URI> ISSUER = of("issuer", GRANT, Values::baseUrl, null);
  static final Parameter<List<Origin>> ALLOWED_ORIGINS = of("allowedOrigins", ALL, Values::origins, null);
  static final Parameter<String> ACCESS_TOKEN =
      secret("accessToken", and(PAIR, STATIC), Values::accessToken);
  static final Parameter<String> REFRESH_TOKEN = secret("refreshToken", PAIR, Values::refreshToken);
  static final Parameter<String> ORGANIZATION_ID = of("organizationId", BASED, Values::text, null);
  static final Parameter<String> CLIENT_ID = of("clientId", IDENTIFIED, Values::text, null);
  static final Parameter<String> CLIENT_SECRET = secret("clientSecret", IDENTIFIED, Values::text);
  static final Parameter<Authentication> CLIENT_AUTHENTICATION =
      of("clientAuthentication", GRANT, Values.choice(Authentication.class), null);
  static final Parameter<Path> CLIENT_KEY = of("clientKey", GRANT, Values::keyFile, null);
  static final Parameter<String> SCOPE = of("scope", GRANT, Values::text, null);
  static final Parameter<String> AUDIENCE = of("audience", GRANT, Values::text, null);
  static final Parameter<List<String>> RESOURCE = of("resource", GRANT, Values::resources, null);
  static final Parameter<IdentityKind> IDENTITY =
      of("identity", and(PAIR, CLIENT_CREDENTIALS, STATIC), Values.choice(IdentityKind.class), "application");
  static final Parameter<StoreChoice> STORE = of("store", REFRESHING, StoreChoice::parse, "memory");
  static final Parameter<String> STORE_KEY = of("storeKey", REFRESHING, Values::text, null);
  static final Parameter<Boolean> CREATE_TABLE = of("createTable", REFRESHING, Values::bool, "false");
  static final Parameter<FileMode> FILE_MODE =
      of("fileMode", REFRESHING, Values.choice(FileMode.class), "owner");
  static final Parameter<OnStoreFailure> ON_STORE_FAILURE =
      of("onStoreFailure", REFRESHING, Values.choice(OnStoreFailure.class), "fail");
  static final Parameter<String> ENCRYPTION_KEY = secret("encryptionKey", REFRESHING, Values::encryptionKey);
  static final Parameter<List<String>> ENCRYPTION_KEYS_OLD =
      secret("encryptionKeysOld", REFRESHING, Values::encryptionKeys);
  static final Parameter<Duration> REFRESH_MARGIN = of("refreshMargin", without(STATIC), Values::margin, "5m");
  static final Parameter<Duration> EXPIRATION_MARGIN = of("expirationMargin", KEEPING, Values::margin, "30s");
  static final Parameter<Boolean> BACKGROUND = of("background", REFRESHING, Values::bool, null);
  static final Parameter<Boolean> PREFLIGHT = of("preflight", ALL, Values::bool, "false");
  static final Parameter<Unavailable> ON_UNAVAILABLE = of("onUnavailable", ALL, Values::unavailable, null);
  static final Parameter<Duration> REUSE_GRACE = of("reuseGrace", PAIR, Values::margin, null);
  static final Parameter<Map<String, String>> REQUEST_HEADERS = secret("requestHeaders", ENDPOINT, Values::headers);
  static final Parameter<String> REFRESH_TOKEN_FIELD = of("refreshTokenField", JSON, Values::text, "refreshToken");
  static final Parameter<String> ORGANIZATION_ID_FIELD =
      of("organizationIdField", JSON, Values::text, "organizationId");
  static final Parameter<String> ACCESS_TOKEN_PATH = of("accessTokenPath", JSON, Values::jsonPath, "accessToken");
  static final Parameter<String> REFRESH_TOKEN_PATH = of("refreshTokenPath", JSON, Values::jsonPath, "refreshToken");
  static final Parameter<String> EXPIRES_IN_PATH = of("expiresInPath", JSON, Values::jsonPath, null);
  static final Parameter<Pattern> DEAD_TOKEN_PATTERN = of("deadTokenPattern", JSON, Values::regex, null);
  static final Parameter<Duration> CONNECT_TIMEOUT = of("connectTimeout", ENDPOINT, Values::timeout, "5s");
  static final Parameter<Duration> REQUEST_TIMEOUT = of("requestTimeout", ENDPOINT, Values::timeout, "10s");
  static final Parameter<Duration> WAIT_TIMEOUT = of("waitTimeout", KEEPING, Values::timeout, "15s");
  static final Parameter<Boolean> ALLOW_INSECURE = of("allowInsecure", ALL, Values::bool, "false");
  static final Parameter<Integer> MAX_CONCURRENT_REFRESHES =
      of("maxConcurrentRefreshes", and(PAIR, TOKEN_EXCHANGE), Values.between(1, 10_000), "32");
  static final Parameter<Integer> MAX_CACHED_TOKENS =
      of("maxCachedTokens", and(PAIR, TOKEN_EXCHANGE), Values.between(1, 100_000_000), "100000");
  static final Parameter<String> DOTENV_ACCESS_TOKEN_KEY =
      of("dotenvAccessTokenKey", REFRESHING, Values::dotenvKey, "AUTH_ACCESS_TOKEN");
  static final Parameter<String> DOTENV_REFRESH_TOKEN_KEY =
      of("dotenvRefreshTokenKey", REFRESHING, Values::dotenvKey, "AUTH_REFRESH_TOKEN");
  static final Parameter<URI> JWKS_URI = of("jwksUri", ENDPOINT, Values::url, null);
  static final Parameter<String> EXPECTED_ISSUER = of("expectedIssuer", ENDPOINT, Values::text, null);
  static final Parameter<String> EXPECTED_AUDIENCE = of("expectedAudience", ENDPOINT, Values::text, null);

  static final List<Parameter<?>> ALL_PARAMETERS = Collections.unmodifiableList(REGISTERED);

  private Parameters() {}

  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Parameter<?> parameter : ALL_PARAMETERS) names.add(parameter.name());
    return names;
  }

  private static <T> Parameter<T> of(String name, Set<Protocol> on, Parameter.Syntax<T> syntax, String defaultText) {
    return register(new Parameter<>(name, on, syntax, defaultText, false));
  }

  private static <T> Parameter<T> secret(String name, Set<Protocol> on, Parameter.Syntax<T> syntax) {
    return register(new Parameter<>(name, on, syntax, null, true));
  }

  private static <T> Parameter<T> register(Parameter<T> parameter) {
    REGISTERED.add(parameter);
    return parameter;
  }

  private static Set<Protocol> and(Set<Protocol> some, Protocol... more) {
    Set<Protocol> union = EnumSet.copyOf(some);
    union.addAll(Arrays.asList(more));
    return union;
  }

  private static Set<Protocol> without(Protocol one) {
    Set<Protocol> rest = EnumSet.copyOf(KEEPING);
    rest.remove(one);
    return rest;
  }
}
