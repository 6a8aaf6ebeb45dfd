package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.everbearer.TokenStore;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pools whose connections have all died with the database's restart, and that do not look. */
class DeadConnectionsTest {
  private static final String KEY = "chat-api";

  private final String database = "mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  private Server server;
  private Connection keeper;
  private org.apache.tomcat.jdbc.pool.DataSource tomcat;
  private CarelessPool careless;
  private CarelessPool blind;

  @BeforeEach
  void start() throws SQLException {
    keeper = DriverManager.getConnection("jdbc:h2:" + database, "sa", "");
    server = server(0);
    tomcat = new org.apache.tomcat.jdbc.pool.DataSource(properties(50));
    careless = new CarelessPool(() -> DriverManager.getConnection(url(), "sa", ""));
    blind = new CarelessPool(() -> DriverManager.getConnection(url(), "sa", ""), true);
  }

  private static Server server(int port) throws SQLException {
    return Server.createTcpServer("-ifExists", "-tcpPort", Integer.toString(port)).start();
  }

  private String url() {
    return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + database;
  }

  private PoolProperties properties(int maxActive) {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(url());
    properties.setDriverClassName("org.h2.Driver");
    properties.setUsername("sa");
    properties.setPassword("");
    properties.setInitialSize(10);
    properties.setMaxActive(maxActive);
    properties.setMaxIdle(maxActive);
    properties.setMaxWait(100);
    return properties;
  }

  @AfterEach
  void stop() throws SQLException {
    tomcat.close(true);
    careless.close();
    blind.close();
    server.stop();
    keeper.close();
  }

  private void restart() throws SQLException {
    int port = server.getPort();
    server.stop();
    server = server(port);
  }

  private static TokenStore on(DataSource pool) {
    return JdbcTokenStore.builder("test", () -> pool).createTable(true).build();
  }

  private static void fill(CarelessPool pool, int count) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < count; i++) all.add(pool.getConnection());
    for (Connection connection : all) connection.close();
  }

  @Test
  void fullPoolOfDeadConnections_costsNoRead() throws Exception {
    fill(careless, 10);
    fill(blind, 10);
    for (DataSource pool : new DataSource[] {tomcat, careless, blind}) {
      TokenStore store = on(pool);
      long generation = store.read(KEY).generation();
      restart();
      assertEquals(generation, store.read(KEY).generation());
      assertTrue(store.compareAndSet(KEY, generation, TokenStoreContract.record(generation + 1)));
    }
  }

  @Test
  void fullPoolOfDeadConnections_costsNoWriteThatWasNeverSent() throws Exception {
    fill(careless, 10);
    fill(blind, 10);
    for (DataSource pool : new DataSource[] {tomcat, careless, blind}) {
      TokenStore store = on(pool);
      long generation = store.read(KEY).generation();
      restart();
      // This driver goes to the server to prepare a statement, and so finds out in time.
      assertTrue(store.compareAndSet(KEY, generation, TokenStoreContract.record(generation + 1)));
    }
  }

  @Test
  void narrowPoolOfDeadConnections_recoversToo() throws Exception {
    org.apache.tomcat.jdbc.pool.DataSource narrow = new org.apache.tomcat.jdbc.pool.DataSource(properties(10));
    try {
      TokenStore store = on(narrow);
      long generation = store.read(KEY).generation();
      restart();
      assertEquals(generation, store.read(KEY).generation());
      assertTrue(store.compareAndSet(KEY, generation, TokenStoreContract.record(generation + 1)));
      assertEquals(0, narrow.getActive(), "all were given back");
    } finally {
      narrow.close(true);
    }
  }

  @Test
  void moreDeadConnectionsThanAreTried_namesTheSetting() throws Exception {
    TokenStore store = on(careless);
    store.read(KEY);
    fill(careless, 45);
    restart();
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains("20 of 20 connections were dead"), message);
    assertTrue(message.contains("testOnBorrow=true and validationQuery=SELECT 1"), message);
    message = assertThrows(
        IOException.class, () -> store.compareAndSet(KEY, 0, TokenStoreContract.record(1))).getMessage();
    assertTrue(message.startsWith("cannot write jdbc:test (20 of 20"), message);
    assertTrue(store.compareAndSet(KEY, 0, TokenStoreContract.record(1)));
  }

  @Test
  void deadServer_isNoLongSearch() throws Exception {
    TokenStore store = on(tomcat);
    store.read(KEY);
    server.stop();
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains("connections were dead, then no connection"), message);
    assertEquals(0, tomcat.getActive());
  }
}
