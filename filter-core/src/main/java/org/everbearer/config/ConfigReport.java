package org.everbearer.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.everbearer.store.StoreFileCheck;

/**
 * All that can be said of a client's configuration before it runs, for a tool. Where it is wrong {@link
 * ClientConfig#read} throws; this tells what else there is to say. Immutable; shows no secret.
 *
 * <pre>{@code
 * ConfigReport report = ConfigReport.of(ConfigSource.inThisJvm("chat-api").initParams(map).outsideContainer().build());
 * report.problems().forEach(System.out::println);
 * }</pre>
 */
public final class ConfigReport {
  private final ConfigSource source;
  private final List<String> problems;
  private final List<String> warnings;
  private final List<String> openReferences;
  private final List<String> effective;
  private final ClientConfig config;

  private ConfigReport(ConfigSource source, Settings settings) {
    this.source = source;
    this.problems = copy(settings.problems());
    this.warnings = copy(settings.warnings());
    this.openReferences = copy(settings.openReferences());
    this.effective = copy(settings.effective());
    this.config = new ClientConfig(settings);
  }

  /** Reads and checks everything, as {@link ClientConfig#read} does. */
  public static ConfigReport of(ConfigSource source) {
    return new ConfigReport(source, Rules.read(source));
  }

  /** What is wrong between clients of one application, as {@link TokenClients#checkTogether} finds it. */
  public static List<String> problemsBetween(Collection<ConfigReport> reports) {
    List<ClientConfig> all = new ArrayList<>();
    for (ConfigReport report : reports) all.add(report.config);
    try {
      TokenClients.checkTogether(all);
      return Collections.emptyList();
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  /**
   * Overrides in this JVM that reach none of these clients, which are all of the application: perhaps misspelt, perhaps
   * meant for another application.
   */
  public static List<String> strayOverrides(Collection<ConfigReport> reports) {
    List<ConfigSource> sources = new ArrayList<>();
    for (ConfigReport report : reports) sources.add(report.source);
    return StrayOverrides.of(sources, false);
  }

  /** The client's name: the filter-name. */
  public String name() {
    return source.name();
  }

  /** What stops a deployment. */
  public List<String> problems() {
    return problems;
  }

  /** What works but is hardly meant. */
  public List<String> warnings() {
    return warnings;
  }

  /** What only the container knows; empty unless {@link ConfigSource.Builder#outsideContainer} was said. */
  public List<String> openReferences() {
    return openReferences;
  }

  /**
   * Why the file of a file or dotenv store would be refused as it is now; null if nothing stands against it. That does
   * not stop a deployment: the application says it, and goes on trying.
   */
  public String storeObjection() {
    StoreChoice store = config.get(Parameters.STORE);
    boolean used = store != null && store.isFile() && Parameters.STORE.appliesTo(config.protocol());
    String objection = used ? StoreFileCheck.objection(store.path(), config.get(Parameters.FILE_MODE)) : null;
    return objection == null ? null : config.label(Parameters.STORE) + ": " + objection;
  }

  /** Whether the tokens are those of each inbound request's user, whatever else is wrong or open. */
  public boolean isPerRequest() {
    return config.protocol() == Protocol.RELAY || config.protocol() == Protocol.TOKEN_EXCHANGE
        || config.identity() == IdentityKind.SESSION;
  }

  /** Each parameter with an effect, as in {@code baseUrl=https://… (init-param)}; a secret as a fingerprint. */
  public List<String> effective() {
    return effective;
  }

  /** The configuration; null if something is wrong with it, or open. */
  public ClientConfig config() {
    return problems.isEmpty() && openReferences.isEmpty() ? config : null;
  }

  private static List<String> copy(List<String> list) {
    return Collections.unmodifiableList(new ArrayList<>(list));
  }
}
