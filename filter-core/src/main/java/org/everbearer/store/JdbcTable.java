package org.everbearer.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.everbearer.Fingerprint;

/** The statements, each on a connection that somebody else opens, commits and closes. */
final class JdbcTable {
  static final String NAME = "everbearer_tokens";
  static final String UPDATE = "UPDATE " + NAME + " SET generation = ?, token_record = ?, purge_after = ?"
      + " WHERE store_key = ? AND generation = ?";
  private static final int TIMEOUT_SECONDS = 10;
  private static final int KEY_LENGTH = 128;
  private static final int HASH_LENGTH = 64;
  // Equal under every collation exactly when they are equal: no upper case, no blanks, nothing outside ASCII.
  private static final Pattern PLAIN_KEY = Pattern.compile("[a-z0-9._:/-]{1," + KEY_LENGTH + "}");

  private final SqlDialect dialect;

  JdbcTable(SqlDialect dialect) {
    this.dialect = dialect;
  }

  /** A row as it is, or the time alone. */
  static final class Row {
    final long now;
    final long generation;
    final String text;

    Row(long now, long generation, String text) {
      this.now = now;
      this.generation = generation;
      this.text = text;
    }
  }

  /** The key itself where a database cannot confuse it with another; else what can be read of it, and its hash. */
  static String rowKey(String key) {
    if (PLAIN_KEY.matcher(key).matches()) return key;
    String readable = key.replaceAll("[^a-z0-9._:/-]", "_");
    int length = Math.min(readable.length(), KEY_LENGTH - HASH_LENGTH - 1);
    String shown = readable.substring(0, length);
    // By the slash the rows of identities are known, however long the name before it.
    if (readable.indexOf('/') >= length) shown = shown.substring(0, length - 1) + "/";
    return shown + "#" + Fingerprint.hash(key);
  }

  List<String> ddl() {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE TABLE " + NAME + " " + dialect.columns());
    statements.add("CREATE INDEX " + NAME + "_purge ON " + NAME + " (purge_after)");
    return statements;
  }

  Void create(Connection connection) throws SQLException {
    for (String statement : ddl()) {
      try (Statement create = connection.createStatement()) {
        create.executeUpdate(statement);
      }
    }
    return null;
  }

  /** The time; fails if there is no such table. */
  long now(Connection connection) throws SQLException {
    // Always one row, without a vendor's one-row table.
    String sql = "SELECT " + dialect.now() + ", COUNT(*) FROM " + NAME + " WHERE 1 = 0";
    try (Prepared select = prepare(connection, sql)) {
      ResultSet rows = select.statement.executeQuery();
      rows.next();
      return dialect.millis(rows, 1);
    }
  }

  String select() {
    return "SELECT " + dialect.now() + ", generation, token_record FROM " + NAME + " WHERE store_key = ?";
  }

  Row read(Connection connection, String key) throws SQLException {
    try (Prepared select = prepare(connection, select())) {
      select.statement.setString(1, rowKey(key));
      ResultSet rows = select.statement.executeQuery();
      if (rows.next()) return new Row(dialect.millis(rows, 1), rows.getLong(2), rows.getString(3));
    }
    return new Row(now(connection), 0, null);
  }

  void insert(Connection connection, String key, long generation, String text, long purgeAfter) throws SQLException {
    String sql = "INSERT INTO " + NAME + " (generation, token_record, purge_after, store_key) VALUES (?, ?, ?, ?)";
    try (Prepared insert = prepare(connection, sql)) {
      bind(insert.statement, generation, text, purgeAfter, key);
      insert.statement.executeUpdate();
    }
  }

  boolean update(Connection connection, String key, long expected, long generation, String text, long purgeAfter)
      throws SQLException {
    try (Prepared update = prepare(connection, UPDATE)) {
      bind(update.statement, generation, text, purgeAfter, key);
      update.statement.setLong(5, expected);
      return update.statement.executeUpdate() == 1;
    }
  }

  private static void bind(PreparedStatement write, long generation, String text, long purgeAfter, String key)
      throws SQLException {
    write.setLong(1, generation);
    write.setString(2, text);
    write.setLong(3, purgeAfter);
    write.setString(4, rowKey(key));
  }

  boolean delete(Connection connection, String key, long expected) throws SQLException {
    String sql = "DELETE FROM " + NAME + " WHERE store_key = ? AND generation = ?";
    try (Prepared delete = prepare(connection, sql)) {
      delete.statement.setString(1, rowKey(key));
      delete.statement.setLong(2, expected);
      return delete.statement.executeUpdate() == 1;
    }
  }

  /** How many identities' rows were due, at most {@code limit}; a row that was written meanwhile stays. */
  int purge(Connection connection, long now, int limit) throws SQLException {
    List<String> due = new ArrayList<>();
    try (Prepared select =
        prepare(connection, "SELECT store_key FROM " + NAME + " WHERE purge_after < ? AND store_key LIKE '%/%'")) {
      select.statement.setMaxRows(limit);
      select.statement.setLong(1, now);
      ResultSet rows = select.statement.executeQuery();
      while (rows.next()) due.add(rows.getString(1));
    }
    if (due.isEmpty()) return 0;
    String sql = "DELETE FROM " + NAME + " WHERE store_key = ? AND purge_after < ?";
    try (Prepared delete = prepare(connection, sql)) {
      for (String rowKey : due) {
        delete.statement.setString(1, rowKey);
        delete.statement.setLong(2, now);
        delete.statement.addBatch();
      }
      delete.statement.executeBatch();
    }
    return due.size();
  }

  private static Prepared prepare(Connection connection, String sql) throws SQLException {
    Prepared prepared;
    try {
      prepared = new Prepared(connection.prepareStatement(sql));
    } catch (SQLException e) {
      // Nothing was executed, so the statement may be tried on another connection.
      throw JdbcFailures.isConnection(e) ? JdbcFailures.NoConnection.dead(e) : e;
    }
    try {
      prepared.statement.setQueryTimeout(TIMEOUT_SECONDS);
    } catch (SQLException e) {
      // Then the data source's own time limit counts.
    } catch (Throwable e) {
      prepared.close();
      throw e;
    }
    return prepared;
  }

  /** A statement, with its results, whose closing cannot turn what it has done into a failure. */
  private static final class Prepared implements AutoCloseable {
    final PreparedStatement statement;

    Prepared(PreparedStatement statement) {
      this.statement = statement;
    }

    @Override
    public void close() {
      try {
        statement.close();
      } catch (SQLException | RuntimeException e) {
        // It ends with its connection.
      }
    }
  }
}
