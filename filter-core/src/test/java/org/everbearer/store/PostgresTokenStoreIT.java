package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
  Connection readOnly() throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    }
    return connection;
  }

  @Override
  String keySearch() {
    return "Index Scan using everbearer_tokens_pkey";
  }

  @Test
  void restartedDatabase_costsNoReadAndNoRecord() throws Exception {
    TokenStore store = store();
    TokenStore unaware = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), unaware.read(KEY).record());
    restart();
    assertEquals(record(1), store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 1, record(2)));
    restart();
    assertTrue(store.compareAndSet(KEY, 2, record(3)), "connections are tested for a while");
    restart();
    // A write is not done twice blindly: on the dead connection it fails once.
    assertThrows(IOException.class, () -> unaware.compareAndSet(KEY, 3, record(4)));
    assertTrue(unaware.compareAndSet(KEY, 3, record(4)));
    assertEquals(record(4), store.read(KEY).record());
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
