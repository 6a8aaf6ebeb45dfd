package org.everbearer.config;

import java.util.Collections;
import java.util.List;
import javax.naming.NamingException;
import org.everbearer.TokenStore;
import org.everbearer.store.DotenvTokenStore;
import org.everbearer.store.EncryptionKeys;
import org.everbearer.store.FileTokenStore;
import org.everbearer.store.JdbcTokenStore;

/** Makes the store that a configuration asks for. */
final class Stores {
  private final ClientConfig config;
  private final StoreChoice choice;

  private Stores(ClientConfig config) {
    this.config = config;
    this.choice = config.get(Parameters.STORE);
  }

  /**
   * Null for the memory of the coordinator.
   *
   * @throws IllegalArgumentException that is a whole problem: it names the parameter
   */
  static TokenStore of(ClientConfig config) {
    if (!Parameters.STORE.appliesTo(config.protocol())) return null;
    Stores stores = new Stores(config);
    try {
      return stores.store();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(config.label(Parameters.STORE) + ": " + e.getMessage(), e);
    }
  }

  private TokenStore store() {
    switch (choice.kind()) {
      case FILE: return FileTokenStore.at(choice.path(), keys(), config.get(Parameters.FILE_MODE));
      case DOTENV: return DotenvTokenStore.at(choice.path(), config.get(Parameters.DOTENV_ACCESS_TOKEN_KEY),
          config.get(Parameters.DOTENV_REFRESH_TOKEN_KEY), config.get(Parameters.FILE_MODE));
      case JDBC: return jdbc();
      case CUSTOM: return ApplicationClass.create(choice.type());
      default: return null;
    }
  }

  private TokenStore jdbc() {
    NamedDataSource named;
    try {
      named = NamedDataSource.lookUp(choice.jndiName(), config.source());
    } catch (NamingException e) {
      String name = choice.jndiName();
      throw new IllegalArgumentException("there is no JNDI name " + name
          + (name.indexOf(':') < 0 ? ", nor java:comp/env/" + name : "")
          + "; define the data source in the container, or link it with a resource-ref");
    }
    return JdbcTokenStore.builder(choice.jndiName(), () -> named)
        .createTable(config.get(Parameters.CREATE_TABLE))
        .encryption(keys())
        .build();
  }

  private EncryptionKeys keys() {
    String key = config.get(Parameters.ENCRYPTION_KEY);
    List<String> old = config.get(Parameters.ENCRYPTION_KEYS_OLD);
    if (key == null) return EncryptionKeys.none();
    return EncryptionKeys.of(key, old == null ? Collections.<String>emptyList() : old);
  }
}
