package org.everbearer.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.everbearer.Origin;

/**
 * The checked configuration of one client. Immutable; {@link #toString()} shows no secret.
 *
 * <pre>{@code
 * ClientConfig config = ClientConfig.read(ConfigSource.of("chat-api", initParams, contextParams));
 * log.info(config.describe());
 * }</pre>
 *
 * <p>A parameter is looked for, highest first, as system property {@code everbearer.<client>.<parameter>}, environment
 * variable {@code EVERBEARER_<CLIENT>_<PARAMETER>}, init-param and context-param {@code everbearer.<parameter>}. An
 * empty value counts as not set, and hides what lies below it. A context-param that has no meaning for this client's
 * protocol is passed over, since it may be meant for another client; anywhere else that is a problem.
 */
public final class ClientConfig {

  private final Settings settings;
  private final List<String> warnings;
  // Asked for on every request.
  private final Protocol protocol;
  private final IdentityKind identity;
  private final boolean preflight;

  // The settings are no longer changed by anybody.
  ClientConfig(Settings settings) {
    this.settings = settings;
    this.warnings = Collections.unmodifiableList(new ArrayList<>(settings.warnings()));
    this.protocol = settings.protocol();
    this.identity = get(Parameters.IDENTITY);
    // Of a configuration that is refused a value may be missing.
    this.preflight = Boolean.TRUE.equals(get(Parameters.PREFLIGHT));
  }

  /**
   * Reads and checks everything; touches files and JNDI only where a parameter refers to them, and no network.
   *
   * @throws ConfigException that lists all problems at once
   */
  public static ClientConfig read(ConfigSource source) throws ConfigException {
    Settings settings = Rules.read(source);
    List<String> problems = new ArrayList<>(settings.problems());
    problems.addAll(settings.openReferences());
    if (!problems.isEmpty()) throw new ConfigException(subject(source.name()), problems);
    return new ClientConfig(settings);
  }

  /** Whether a client has a parameter of this name, as in {@code baseUrl}. */
  public static boolean isParameter(String name) {
    return Parameters.names().contains(name);
  }

  static String subject(String client) {
    return "Everbearer client " + client;
  }

  /** The client's name: the filter-name. */
  public String name() {
    return source().name();
  }

  /** How new tokens are obtained. */
  public Protocol protocol() {
    return protocol;
  }

  /** The only servers that may receive the token; never empty, unmodifiable. */
  public List<Origin> allowedOrigins() {
    return get(Parameters.ALLOWED_ORIGINS);
  }

  /** {@link IdentityKind#APPLICATION} also where the protocol takes the identity from the inbound request. */
  public IdentityKind identity() {
    return identity;
  }

  /** Whether the token is obtained before the request enters the chain. */
  public boolean preflight() {
    return preflight;
  }

  /** Whether tokens are refreshed by timer, with no traffic. */
  public boolean background() {
    return Parameters.BACKGROUND.appliesTo(protocol()) && get(Parameters.BACKGROUND);
  }

  /** Whether tokens are refreshed ahead of their end with no traffic: by timer, and with a margin. */
  public boolean refreshesItself() {
    return background() && protocol() != Protocol.STATIC && !get(Parameters.REFRESH_MARGIN).isZero();
  }

  /** What the filter answers when no token can be had. */
  public Unavailable onUnavailable() {
    return get(Parameters.ON_UNAVAILABLE);
  }

  /** How long a caller waits for a refresh that somebody runs. */
  public Duration waitTimeout() {
    return get(Parameters.WAIT_TIMEOUT);
  }

  /** The longest that one call of the token endpoint takes. */
  public Duration requestTimeout() {
    return get(Parameters.REQUEST_TIMEOUT);
  }

  /** Whether tokens may go over networks in plain sight. */
  public boolean allowInsecure() {
    return Boolean.TRUE.equals(get(Parameters.ALLOW_INSECURE));
  }

  /** Where tokens are kept, as in {@code file:/var/lib/chat/tokens}; {@code memory} also where none are kept. */
  public String store() {
    return get(Parameters.STORE).toString();
  }

  /** Whether a new access token is verified before it is served. */
  public boolean verifiesTokens() {
    return get(Parameters.JWKS_URI) != null || get(Parameters.EXPECTED_ISSUER) != null
        || get(Parameters.EXPECTED_AUDIENCE) != null;
  }

  /** Bound of the cache of exchanged or per-session tokens. */
  public int maxCachedTokens() {
    return get(Parameters.MAX_CACHED_TOKENS);
  }

  /**
   * The effective configuration in one line: every value, and the place where it comes from unless it is the default; a
   * secret as a fingerprint.
   */
  public String describe() {
    return "client " + name() + ": " + String.join(", ", settings.effective());
  }

  /** What works but is hardly meant. */
  List<String> warnings() {
    return warnings;
  }

  /** The value, or its default; null if there is neither. */
  <T> T get(Parameter<T> parameter) {
    return settings.get(parameter);
  }

  Setting setting(Parameter<?> parameter) {
    return settings.setting(parameter);
  }

  /** The parameter with its value, which never is a secret's, and the place it comes from. */
  String label(Parameter<?> parameter) {
    return settings.label(parameter);
  }

  ConfigSource source() {
    return settings.source();
  }

  @Override
  public String toString() {
    return describe();
  }
}
