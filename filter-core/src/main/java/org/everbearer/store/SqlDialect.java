package org.everbearer.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.Locale;
import java.util.TimeZone;

/** The three things in which databases differ: names of types, and how to ask for the time. */
enum SqlDialect {
  POSTGRESQL("postgresql", "VARCHAR(128)", "BIGINT", "TEXT",
      "CAST(FLOOR(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000) AS BIGINT)"),
  // Of the UTC time: the session's own is ambiguous for an hour each autumn.
  MYSQL("mysql", "VARCHAR(128)", "BIGINT", "MEDIUMTEXT",
      "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000"),
  MARIADB("mariadb", "VARCHAR(128)", "BIGINT", "MEDIUMTEXT", MYSQL.now),
  H2("h2", "VARCHAR(128)", "BIGINT", "CLOB",
      "CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT)"),
  SQL_SERVER("microsoft sql server", "NVARCHAR(128)", "BIGINT", "NVARCHAR(MAX)",
      "DATEDIFF_BIG(MILLISECOND, '1970-01-01T00:00:00', SYSUTCDATETIME())"),
  ORACLE("oracle", "VARCHAR2(128)", "NUMBER(19)", "CLOB", null),
  DB2("db2", "VARCHAR(128)", "BIGINT", "CLOB(1M)", "(DAYS(CURRENT TIMESTAMP - CURRENT TIMEZONE) - DAYS('1970-01-01'))"
      + " * BIGINT(86400000) + MIDNIGHT_SECONDS(CURRENT TIMESTAMP - CURRENT TIMEZONE) * BIGINT(1000)"),
  STANDARD("", "VARCHAR(128)", "BIGINT", "CLOB", null);

  private final String product;
  private final String keyType;
  private final String longType;
  private final String textType;
  private final String now;

  SqlDialect(String product, String keyType, String longType, String textType, String now) {
    this.product = product;
    this.keyType = keyType;
    this.longType = longType;
    this.textType = textType;
    this.now = now;
  }

  /** By {@link java.sql.DatabaseMetaData#getDatabaseProductName()}. */
  static SqlDialect of(String productName) {
    String name = productName.toLowerCase(Locale.ROOT);
    for (SqlDialect dialect : values()) {
      if (name.startsWith(dialect.product)) return dialect;
    }
    return STANDARD;
  }

  /** Columns of the table. */
  String columns() {
    return "(store_key " + keyType + " NOT NULL PRIMARY KEY, generation " + longType + " NOT NULL, token_record "
        + textType + " NOT NULL, purge_after " + longType + " NOT NULL)";
  }

  /** An expression for the database's time, to be read by {@link #millis}. */
  String now() {
    return now == null ? "CURRENT_TIMESTAMP" : now;
  }

  long millis(ResultSet row, int column) throws SQLException {
    if (now != null) return row.getLong(column);
    OffsetDateTime time;
    try {
      time = row.getObject(column, OffsetDateTime.class);
    } catch (SQLException e) {
      // The database knows no zones: every node reads the same wall clock, as if it were that of UTC.
      Timestamp wallClock = row.getTimestamp(column, Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT));
      return wallClock.getTime();
    }
    return time.toInstant().toEpochMilli();
  }
}
