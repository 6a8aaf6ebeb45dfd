package org.everbearer.servlet;

import java.io.IOException;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.everbearer.store.JdbcTokenStore;
import org.h2.jdbcx.JdbcDataSource;

/** The JDBC store that nodes share, found by class name: an embedded container has no JNDI. */
public final class SharedTokenStore implements TokenStore {
  private final TokenStore store = database();

  /** For the configuration. */
  public SharedTokenStore() {}

  private static TokenStore database() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:nodes;DB_CLOSE_DELAY=-1");
    return JdbcTokenStore.builder("nodes", () -> database).createTable(true).build();
  }

  @Override
  public Snapshot read(String key) throws IOException {
    return store.read(key);
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    return store.compareAndSet(key, expectedGeneration, next);
  }

  @Override
  public void close() {
    store.close();
  }
}
