package org.everbearer.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;

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

  private static final long QUARTER = TimeUnit.MINUTES.toMillis(15);
  private static final long FARTHEST_ZONE = TimeUnit.HOURS.toMillis(14) + QUARTER / 2;

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
    } catch (SQLException | RuntimeException | LinkageError e) {
      Timestamp wallClock = row.getTimestamp(column, Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT));
      return withoutZone(wallClock.getTime(), System.currentTimeMillis());
    }
    return time.toInstant().toEpochMilli();
  }

  /**
   * The time on a clock of an unknown zone. All zones differ by whole quarters of an hour, so this host's clock tells
   * which zone it is, unless the two clocks differ by more than half a quarter. A clock that no zone explains is wrong,
   * and is taken as it is, for others to notice.
   *
   * @param wallClock what the clock shows, as if it were that of UTC
   * @param host this host's time
   */
  static long withoutZone(long wallClock, long host) {
    long ahead = wallClock - host;
    if (Math.abs(ahead) > FARTHEST_ZONE) return wallClock;
    return wallClock - Math.round((double) ahead / QUARTER) * QUARTER;
  }
}
