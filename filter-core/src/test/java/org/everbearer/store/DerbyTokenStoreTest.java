package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database whose clock tells no zone: it shows the local time of the JVM that it runs in. */
class DerbyTokenStoreTest extends JdbcTokenStoreContract {
  private static final long HOUR = 3_600_000L;

  static {
    System.setProperty("derby.stream.error.file", "target/derby.log"); // read when Derby starts
  }

  private final String url = "jdbc:derby:memory:" + UUID.randomUUID();

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url + ";create=true");
  }

  @AfterEach
  void dropDatabase() throws SQLException {
    try {
      DriverManager.getConnection(url + ";drop=true").close();
    } catch (SQLException e) {
      if (!"08006".equals(e.getSQLState())) throw e; // how it says that it is done
    }
  }

  @Override
  String drop() {
    return "CALL SYSCS_UTIL.SYSCS_SET_RUNTIMESTATISTICS(0)"; // each test has a database of its own
  }

  @Override
  String zone(int hours) {
    return "VALUES " + hours; // the zone is that of the JVM, which the test sets
  }

  @Override
  String later(String now, int days) {
    return "{fn TIMESTAMPADD(SQL_TSI_DAY, " + days + ", " + now + ")}";
  }

  @Override
  int identities() {
    return 1_000;
  }

  @Override
  String keySearch() {
    return "using constraint";
  }

  @Override
  void explained(String sql) throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      statement.execute("CALL SYSCS_UTIL.SYSCS_SET_RUNTIMESTATISTICS(1)");
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) continue;
        }
      }
      try (ResultSet rows = statement.executeQuery("VALUES SYSCS_UTIL.SYSCS_GET_RUNTIMESTATISTICS()")) {
        rows.next();
        assertTrue(rows.getString(1).contains(keySearch()), rows.getString(1));
      }
    }
  }

  @Test
  void zone_isToldByTheHostsClock() {
    long now = 1_790_000_123_456L;
    for (double hours : new double[] {0, 1, -8, 5.75, -3.5, 14, -12}) {
      for (long difference : new long[] {0, 1, -1, 400_000, -400_000}) {
        long wallClock = now + difference + (long) (hours * HOUR);
        assertEquals(now + difference, SqlDialect.withoutZone(wallClock, now), hours + " h, " + difference + " ms");
      }
    }
    assertEquals(now + 120 * DAY, SqlDialect.withoutZone(now + 120 * DAY, now), "no zone is that far");
    assertEquals(now - 15 * HOUR, SqlDialect.withoutZone(now - 15 * HOUR, now));
  }
}
