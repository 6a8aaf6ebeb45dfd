package org.everbearer.runner.check;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.everbearer.config.ConfigSource;

/**
 * A client as somebody has declared it: what it is called and what is written down for it.
 *
 * @param followsAsync whether its filter takes part in asynchronous dispatches
 */
record Declared(String name, Map<String, String> initParams, Map<String, String> contextParams, boolean followsAsync) {
  /** The context-param that names a client without a filter. */
  static final String CLIENT = "everbearer.client";

  /** @param overrides parameters that count above everything that is written anywhere */
  ConfigSource source(Map<String, String> overrides) {
    Map<String, String> system = new HashMap<>();
    for (String key : System.getProperties().stringPropertyNames()) system.put(key, System.getProperty(key));
    overrides.forEach((parameter, value) -> system.put("everbearer." + name + "." + parameter, value));
    return ConfigSource.inThisJvm(name).systemProperties(system).initParams(initParams).contextParams(contextParams)
        .otherContextParams(Set.of(CLIENT)).outsideContainer().build();
  }
}
