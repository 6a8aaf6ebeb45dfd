package org.everbearer.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short ways to say what was configured. */
final class Given {
  static final String REFRESH_TOKEN = "rt-first-0123456789";
  static final String ACCESS_TOKEN = "at-first-0123456789";

  private Given() {}

  static Map<String, String> params(String... namesAndValues) {
    Map<String, String> params = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) params.put(namesAndValues[i], namesAndValues[i + 1]);
    return params;
  }

  /** A refresh-session client in which nothing is wrong, with these changes; a null value takes a parameter away. */
  static Map<String, String> valid(String... changes) {
    return changed(params("baseUrl", "https://auth.example.com", "allowedOrigins", "https://api.example.com",
        "refreshToken", "#{env:RT}"), changes);
  }

  /** A client of another protocol in which nothing is wrong, with these changes. */
  static Map<String, String> valid(Protocol protocol, String... changes) {
    Map<String, String> params = params("protocol", protocol.spelling(), "allowedOrigins", "https://api.example.com");
    switch (protocol) {
      case REFRESH_SESSION: return valid(changes);
      case OAUTH2: params.putAll(params("tokenEndpoint", "https://id.example.com/token", "refreshToken", "#{env:RT}")); break;
      case CLIENT_CREDENTIALS:
        params.putAll(params("tokenEndpoint", "https://id.example.com/token", "clientId", "web", "clientSecret", "#{env:CS}"));
        break;
      case WORKOS: params.putAll(params("clientId", "client_01", "refreshToken", "#{env:RT}")); break;
      case STATIC: params.put("accessToken", "#{env:AT}"); break;
      case TOKEN_EXCHANGE: params.put("tokenEndpoint", "https://id.example.com/token"); break;
      default: break;
    }
    return changed(params, changes);
  }

  private static Map<String, String> changed(Map<String, String> params, String... changes) {
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) params.remove(changes[i]);
      else params.put(changes[i], changes[i + 1]);
    }
    return params;
  }

  static Map<String, String> environment(String... more) {
    return changed(params("RT", REFRESH_TOKEN, "AT", ACCESS_TOKEN, "CS", "cs-0123456789"), more);
  }

  static ConfigSource.Builder source(Map<String, String> initParams) {
    return ConfigSource.builder("chat-api").initParams(initParams).environment(environment());
  }

  static ClientConfig config(Map<String, String> initParams) throws ConfigException {
    return ClientConfig.read(source(initParams).build());
  }

  static List<String> problems(Map<String, String> initParams) {
    return problems(source(initParams));
  }

  /** Empty if there are none. */
  static List<String> problems(ConfigSource.Builder source) {
    try {
      ClientConfig.read(source.build());
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }
}
