package org.everbearer.store;

import java.util.UUID;
import org.everbearer.TokenStore;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;

class JdbcTokenStoreContractTest extends MultiKeyStoreContract {
  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");

  @Override
  protected TokenStore open() {
    return JdbcTokenStore.builder("h2", () -> pool).createTable(true).build();
  }

  @AfterEach
  void dispose() {
    pool.dispose();
  }
}
