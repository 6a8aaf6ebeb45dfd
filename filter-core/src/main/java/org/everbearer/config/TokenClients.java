package org.everbearer.config;

import java.util.Collection;

/** The rules that hold between the clients of one application. */
public final class TokenClients {
  private TokenClients() {}

  /**
   * @throws ConfigException if two clients have one name, claim one origin, or share a file or dotenv store; lists all
   */
  public static void checkTogether(Collection<ClientConfig> clients) throws ConfigException {
    throw new UnsupportedOperationException();
  }
}
