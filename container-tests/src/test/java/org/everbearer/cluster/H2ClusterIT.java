package org.everbearer.cluster;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A database that many a servlet application has at hand, as a server of its own. */
@Tag("minutes")
class H2ClusterIT extends ClusterContract {
  private static Server server;

  @BeforeAll
  static void startServer() throws SQLException {
    System.setProperty("h2.bindAddress", "127.0.0.1");
    server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
  }

  @AfterAll
  static void stopServer() {
    server.stop();
    System.clearProperty("h2.bindAddress");
  }

  @Override
  String store() throws SQLException {
    String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:cluster;DB_CLOSE_DELAY=-1";
    try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS everbearer_tokens");
    }
    return url;
  }

  @Override
  int nodes() {
    return 2;
  }
}
