package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresTokenStoreIT extends JdbcTokenStoreContract {
  @TempDir static Path data;
  private static EmbeddedPostgres server;

  @BeforeAll
  static void startServer() throws IOException {
    server = start(0);
  }

  private static EmbeddedPostgres start(int port) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder().setDataDirectory(data.resolve("db")).setCleanDataDirectory(false);
    return (port == 0 ? builder : builder.setPort(port)).start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  Connection connect() throws SQLException {
    return server.getPostgresDatabase().getConnection();
  }

  @Override
  String zone(int hours) {
    return "SET TIME ZONE " + hours;
  }

  @Override
  String keySearch() {
    return "Index Scan using everbearer_tokens_pkey";
  }

  @Test
  void restartedDatabase_costsNoReadAndNoRecord() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    restart();
    assertEquals(record(1), store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 1, record(2)));
    restart();
    // A write is not done twice blindly: on the dead connection it fails once.
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 2, record(3)));
    assertTrue(store.compareAndSet(KEY, 2, record(3)));
    assertEquals(record(3), store.read(KEY).record());
  }

  @Test
  void stoppedDatabase_isNoEmptyStore() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    int port = server.getPort();
    server.close();
    try {
      assertThrows(IOException.class, () -> store.read(KEY));
      assertThrows(IOException.class, () -> store.read(KEY));
      assertThrows(IOException.class, () -> open().read(KEY));
    } finally {
      server = start(port);
    }
    assertEquals(record(1), store.read(KEY).record());
  }

  private static void restart() throws IOException {
    int port = server.getPort();
    server.close();
    server = start(port);
  }
}
