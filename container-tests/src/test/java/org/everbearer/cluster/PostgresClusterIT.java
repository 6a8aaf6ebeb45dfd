package org.everbearer.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.everbearer.runner.standin.StandIn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of the four nodes two have clocks that are an hour off, one this way and one the other. */
class PostgresClusterIT extends ClusterContract {
  private static final Duration HOUR = Duration.ofHours(1);

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
  String store() throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS everbearer_tokens");
    }
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** Stopped for three seconds, twice: longer than a token lives, so that callers do fail meanwhile. */
  @Test
  @Tag("minutes")
  void databaseRestarts_noFamilyIsRevoked() throws Exception {
    try (StandIn standIn = server(GRACE)) {
      NodeSettings node = node(standIn, GRACE, NodeSettings.IN_GRACE);
      outlives(standIn, node, nodes(node), LENGTH.dividedBy(2), second -> {
        if (second % 20 != 10) return;
        int port = server.getPort();
        server.close();
        LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
        server = start(port);
      });
    }
  }

  @Override
  int nodes() {
    return 4;
  }

  @Override
  List<NodeSettings> nodes(NodeSettings each) {
    List<NodeSettings> all = new ArrayList<>(super.nodes(each));
    all.set(0, each.ahead(HOUR));
    all.set(1, each.ahead(HOUR.negated()));
    return all;
  }
}
