package org.everbearer.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;

/** A database that has no dialect here: standard SQL must do. */
class HsqldbTokenStoreTest extends JdbcTokenStoreContract {
  private final String url = "jdbc:hsqldb:mem:" + UUID.randomUUID();

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "SA", "");
  }

  @Override
  String zone(int hours) {
    return "SET TIME ZONE INTERVAL '" + hours + ":00' HOUR TO MINUTE";
  }

  @Override
  String later(String now, int days) {
    return "TIMESTAMPADD(SQL_TSI_DAY, " + days + ", " + now + ")";
  }

  @Override
  int identities() {
    return 1_000; // it is slow with text
  }

  @Override
  String explain(String sql) {
    return "EXPLAIN PLAN FOR " + sql;
  }

  @Override
  String keySearch() {
    return "INDEX PRED"; // a search in an index rather than a scan of all rows
  }
}
