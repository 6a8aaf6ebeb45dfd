package org.everbearer.config;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Everything a client's configuration may be read from: its own parameters, the places that override them, and the
 * places that a reference such as <code>#{env:NAME}</code> may point to. Immutable once built; copies what it is given.
 *
 * <pre>{@code
 * ConfigSource source = ConfigSource.of("chat-api", initParams, contextParams);   // the real JVM around it
 * ConfigSource test = ConfigSource.builder("chat-api").initParams(map).environment(env).build();
 * }</pre>
 *
 * <p>A source that is built by hand sees nothing but what it is given: no system property, no environment, no JNDI.
 */
public final class ConfigSource {

  /** Finds an object in a naming service. */
  @FunctionalInterface
  public interface JndiLookup {
    /** @throws NamingException if there is nothing of this name */
    Object lookup(String name) throws NamingException;
  }

  private final String name;
  private final Map<String, String> initParams;
  private final Map<String, String> contextParams;
  private final Map<String, String> systemProperties;
  private final Map<String, String> environment;
  private final Set<String> otherContextParams;
  private final JndiLookup jndi;
  private final Path baseDirectory;
  private final boolean outsideContainer;

  private ConfigSource(Builder b) {
    this.name = b.name;
    this.initParams = copy(b.initParams);
    this.contextParams = copy(b.contextParams);
    this.systemProperties = copy(b.systemProperties);
    this.environment = copy(b.environment);
    this.otherContextParams = Collections.unmodifiableSet(new HashSet<>(b.otherContextParams));
    this.jndi = b.jndi;
    this.baseDirectory = b.baseDirectory;
    this.outsideContainer = b.outsideContainer;
  }

  /** A filter's source in the JVM it runs in: the real system properties, environment and {@link InitialContext}. */
  public static ConfigSource of(String filterName, Map<String, String> initParams, Map<String, String> contextParams) {
    return inThisJvm(filterName).initParams(initParams).contextParams(contextParams).build();
  }

  /** A builder that sees the system properties, the environment and the naming service of this JVM. */
  public static Builder inThisJvm(String filterName) {
    Properties properties = System.getProperties();
    Map<String, String> system = new HashMap<>();
    for (String key : properties.stringPropertyNames()) system.put(key, properties.getProperty(key));
    return builder(filterName).systemProperties(system).environment(System.getenv()).jndi(InitialContext::doLookup);
  }

  /** @param filterName names the client */
  public static Builder builder(String filterName) {
    return new Builder(filterName);
  }

  String name() {
    return name;
  }

  Map<String, String> initParams() {
    return initParams;
  }

  Map<String, String> contextParams() {
    return contextParams;
  }

  Map<String, String> systemProperties() {
    return systemProperties;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Context parameters below {@code everbearer.} that are none of a client's. */
  Set<String> otherContextParams() {
    return otherContextParams;
  }

  /** A name without a scheme is looked for in the web application's own environment first. */
  Object lookup(String jndiName) throws NamingException {
    if (jndiName.indexOf(':') >= 0) return jndi.lookup(jndiName);
    try {
      return jndi.lookup("java:comp/env/" + jndiName);
    } catch (NamingException notThere) {
      return jndi.lookup(jndiName);
    }
  }

  /** Whether what JNDI holds cannot be known here. */
  boolean isOutsideContainer() {
    return outsideContainer;
  }

  Path resolve(String path) {
    return baseDirectory.resolve(path).normalize();
  }

  private static Map<String, String> copy(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Collects the parts of a {@link ConfigSource}. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private Map<String, String> initParams = Collections.emptyMap();
    private Map<String, String> contextParams = Collections.emptyMap();
    private Map<String, String> systemProperties = Collections.emptyMap();
    private Map<String, String> environment = Collections.emptyMap();
    private Collection<String> otherContextParams = Collections.emptySet();
    private JndiLookup jndi = name -> {
      throw new NamingException("no naming service");
    };
    private Path baseDirectory = Paths.get("").toAbsolutePath();
    private boolean outsideContainer;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** The filter's own parameters. */
    public Builder initParams(Map<String, String> value) {
      initParams = value;
      return this;
    }

    /** All context parameters; those that do not begin with {@code everbearer.} are ignored. */
    public Builder contextParams(Map<String, String> value) {
      contextParams = value;
      return this;
    }

    /** In which {@code everbearer.<client>.<parameter>} and {@code #{sys:NAME}} are looked up. */
    public Builder systemProperties(Map<String, String> value) {
      systemProperties = value;
      return this;
    }

    /** In which {@code EVERBEARER_<CLIENT>_<PARAMETER>} and {@code #{env:NAME}} are looked up. */
    public Builder environment(Map<String, String> value) {
      environment = value;
      return this;
    }

    /** Whole names of context parameters below {@code everbearer.} that are meant for somebody else than a client. */
    public Builder otherContextParams(Collection<String> names) {
      otherContextParams = names;
      return this;
    }

    /** Where <code>#{jndi:NAME}</code> and {@code jdbc:NAME} are looked up. */
    public Builder jndi(JndiLookup value) {
      jndi = Objects.requireNonNull(value, "value");
      return this;
    }

    /** What relative paths start from: by default the process's working directory. */
    public Builder baseDirectory(Path value) {
      baseDirectory = value.toAbsolutePath();
      return this;
    }

    /** For a tool: there is no naming service here, but there will be one where the application runs. */
    public Builder outsideContainer() {
      outsideContainer = true;
      return this;
    }

    /** The source, of copies of the maps. */
    public ConfigSource build() {
      return new ConfigSource(this);
    }
  }
}
