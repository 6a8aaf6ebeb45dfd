package org.everbearer.store;

import java.util.UUID;
import org.everbearer.TokenStore;
import org.hsqldb.jdbc.JDBCPool;
import org.junit.jupiter.api.AfterEach;

/** A database that has no dialect here: standard SQL must do. */
class HsqldbTokenStoreContractTest extends MultiKeyStoreContract {
  private final JDBCPool pool = new JDBCPool();

  HsqldbTokenStoreContractTest() {
    pool.setUrl("jdbc:hsqldb:mem:" + UUID.randomUUID());
    pool.setUser("SA");
  }

  @Override
  protected TokenStore open() {
    return JdbcTokenStore.builder("hsqldb", () -> pool).createTable(true).build();
  }

  @AfterEach
  void close() throws Exception {
    pool.close(0);
  }
}
