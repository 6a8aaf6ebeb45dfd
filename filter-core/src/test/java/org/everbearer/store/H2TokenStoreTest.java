package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2TokenStoreTest extends JdbcTokenStoreContract {
  private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }

  @Override
  String zone(int hours) {
    return String.format("SET TIME ZONE '%+03d:00'", hours);
  }

  @Override
  String keySearch() {
    return "PUBLIC.PRIMARY_KEY";
  }

  @TempDir Path directory;

  @Override
  Connection readOnly() throws SQLException {
    String file = "jdbc:h2:file:" + directory.resolve("db");
    if (!Files.exists(directory.resolve("db.mv.db"))) {
      try (Connection connection = DriverManager.getConnection(file, "sa", "")) {
        new JdbcTable(SqlDialect.H2).create(connection);
      }
    }
    return DriverManager.getConnection(file + ";ACCESS_MODE_DATA=r", "sa", "");
  }

  @Test
  void userWithoutTheRight_isNoDoubtfulWrite() throws Exception {
    assertTrue(store().compareAndSet(KEY, 0, record(1)));
    execute("CREATE USER reader PASSWORD 'r'");
    execute("GRANT SELECT ON everbearer_tokens TO reader");
    String readers = url.substring(0, url.indexOf(';'));
    TokenStore store = JdbcTokenStore.builder("test",
        () -> (ConnectionSource) () -> DriverManager.getConnection(readers, "reader", "r")).build();
    String message = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, record(2))).getMessage();
    assertTrue(message.startsWith("nothing was written to jdbc:test (") && message.contains("may not write"), message);
  }

  @Test
  void unreachableDatabase_isAnErrorThatSaysWhy() {
    TokenStore store = JdbcTokenStore.builder("java:comp/env/jdbc/tokens", () -> (ConnectionSource) () -> {
      throw new SQLException("the pool is empty", "08001");
    }).build();
    String reading = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    String writing = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, record(1))).getMessage();
    assertTrue(reading.contains("jdbc:java:comp/env/jdbc/tokens") && reading.contains("the pool is empty"), reading);
    assertTrue(writing.contains("the pool is empty"), writing);
  }

  @Test
  void failingLookup_isAnIOException() {
    TokenStore store = JdbcTokenStore.builder("jdbc/tokens", () -> {
      throw new IllegalStateException("no such name");
    }).build();
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains("no such name"), message);
  }

  @Test
  void description_isTheConfiguredValue() {
    assertEquals("jdbc:jdbc/tokens", JdbcTokenStore.builder("jdbc/tokens", this::pool).build().description());
  }
}
