package org.everbearer.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records as rows of a table: the store for several nodes, and for many identities.
 *
 * <pre>{@code
 * TokenStore store = JdbcTokenStore.builder("java:comp/env/jdbc/tokens", () -> dataSource)
 *     .createTable(true)
 *     .encryption(EncryptionKeys.of(key, old))
 *     .build();
 * }</pre>
 *
 * <p>The table, which {@code createTable} makes, is
 *
 * <pre>{@code
 * CREATE TABLE everbearer_tokens (store_key VARCHAR(128) NOT NULL PRIMARY KEY, generation BIGINT NOT NULL,
 *   token_record TEXT NOT NULL, purge_after BIGINT NOT NULL);
 * CREATE INDEX everbearer_tokens_purge ON everbearer_tokens (purge_after);
 * }</pre>
 *
 * <p>where {@code TEXT} is {@code MEDIUMTEXT} on MySQL and MariaDB, {@code CLOB} on H2, Oracle and HSQLDB, {@code
 * CLOB(1M)} on Db2 and {@code NVARCHAR(MAX)} on SQL Server, which also wants {@code NVARCHAR(128)}; and {@code
 * BIGINT} is {@code NUMBER(19)} on Oracle. Only standard SQL is used: the generation in the condition of an {@code
 * UPDATE} decides between writers. Time is the database's, whatever the zones of sessions and nodes; on a database
 * without an own dialect here it is {@code CURRENT_TIMESTAMP}, for which all nodes should have sessions in one zone
 * without summer time.
 *
 * <p>The data source may hand out connections with or without automatic commit, but they must take no part in
 * distributed transactions ({@code jta="false"}, "non-transactional"). A connection is held for one statement or two.
 * A statement gives up after ten seconds where the driver can; for a network that swallows packets set the driver's
 * socket timeout. A read that fails is done once more on another connection; a write never, except after the database
 * says that it undid it. A row is removed 100 days after its access token has expired (30 without a refresh token),
 * at most 1000 an hour, more only if there are more.
 *
 * <p>Safe for use by any number of threads.
 */
public final class JdbcTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcTokenStore.class);
  private static final int ATTEMPTS = 4;
  private static final int CREATE_ATTEMPTS = 10;
  private static final long CREATE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int PURGE_LIMIT = 1000;
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);
  // Longer than the refresh tokens of the large providers live without use.
  private static final long KEEP_REFRESHABLE = TimeUnit.DAYS.toMillis(100);
  private static final long KEEP_OTHERS = TimeUnit.DAYS.toMillis(30);

  private final String name;
  private final Supplier<? extends DataSource> dataSource;
  private final boolean createTable;
  private final RecordCodec codec;
  private final AtomicLong nextPurge = new AtomicLong();
  // Found out on first use; every thread finds the same.
  private volatile JdbcTable table;
  // The database's time when it was asked last: good enough for days. A race leaves one of two recent times.
  private volatile long seenNow;

  private JdbcTokenStore(Builder b) {
    this.name = b.name;
    this.dataSource = b.dataSource;
    this.createTable = b.createTable;
    this.codec = new RecordCodec(b.keys);
  }

  /**
   * @param name what messages call the data source, usually its JNDI name
   * @param dataSource asked for every connection
   */
  public static Builder builder(String name, Supplier<? extends DataSource> dataSource) {
    return new Builder(name, dataSource);
  }

  @Override
  public Snapshot read(String key) throws IOException {
    JdbcTable.Row row = readRow(key);
    seenNow = row.now;
    if (row.text == null) return new Snapshot(null, row.now);
    try {
      TokenRecord record = codec.decode(key, row.text);
      if (record.generation() != row.generation) {
        throw new DamagedRecordException("its column generation is not that of its record");
      }
      return new Snapshot(record, row.now);
    } catch (DamagedRecordException e) {
      throw new IOException(row(key) + " is damaged: " + e.getMessage()
          + ". Put a good row back, or delete it to begin again with the configured tokens", e);
    } catch (IOException e) {
      throw new IOException(row(key) + " cannot be used: " + e.getMessage(), e);
    }
  }

  private String row(String key) {
    return "the row '" + JdbcTable.rowKey(key) + "' of table " + JdbcTable.NAME + " in " + description();
  }

  private JdbcTable.Row readRow(String key) throws IOException {
    try {
      return onceMore(() -> {
        JdbcTable ready = table();
        return transact(connection -> ready.read(connection, key));
      });
    } catch (SQLException e) {
      throw JdbcFailures.reading(description(), e);
    }
  }

  @Override
  public boolean compareAndSet(String key, long expectedGeneration, TokenRecord next) throws IOException {
    Generations.requireNewer(expectedGeneration, next);
    if (next == null && expectedGeneration == 0) return readRow(key).text == null;
    JdbcTable ready;
    long now;
    try {
      ready = onceMore(this::table);
      now = seenNow == 0 ? onceMore(() -> transact(ready::now)) : seenNow;
    } catch (SQLException e) {
      throw JdbcFailures.reading(description(), e);
    }
    boolean written = write(ready, key, expectedGeneration, next, now);
    if (written) purge(ready, now);
    return written;
  }

  private boolean write(JdbcTable ready, String key, long expected, TokenRecord next, long now) throws IOException {
    String text = next == null ? null : codec.encode(key, next);
    for (int attempt = 1; ; attempt++) {
      try {
        return transact(connection -> {
          if (next == null) return ready.delete(connection, key, expected);
          long purgeAfter = purgeAfter(next, now);
          if (expected != 0) return ready.update(connection, key, expected, next.generation(), text, purgeAfter);
          ready.insert(connection, key, next.generation(), text, purgeAfter);
          return true;
        });
      } catch (SQLException e) {
        if (JdbcFailures.isRolledBack(e) && attempt < ATTEMPTS) continue;
        if (expected == 0 && JdbcFailures.isDuplicate(e) && readRow(key).text != null) return false;
        throw JdbcFailures.writing(description(), e);
      }
    }
  }

  private static long purgeAfter(TokenRecord record, long now) {
    return Math.max(now, record.expiresAt()) + (record.refreshToken() == null ? KEEP_OTHERS : KEEP_REFRESHABLE);
  }

  private void purge(JdbcTable ready, long now) {
    long due = nextPurge.get();
    if (now < due || !nextPurge.compareAndSet(due, now + HOUR)) return;
    try {
      int found = transact(connection -> ready.purge(connection, now, PURGE_LIMIT));
      if (found == PURGE_LIMIT) nextPurge.set(now + HOUR / 60);
    } catch (SQLException e) {
      LOG.warn("Cannot remove expired rows from {}: {}", description(), e.toString());
    }
  }

  private JdbcTable table() throws SQLException, IOException {
    JdbcTable known = table;
    if (known != null) return known;
    JdbcTable found = new JdbcTable(
        SqlDialect.of(transact(connection -> connection.getMetaData().getDatabaseProductName())));
    try {
      seenNow = transact(found::now);
    } catch (SQLException e) {
      if (JdbcFailures.isConnection(e)) throw e;
      if (!createTable) throw missing(found, e);
      create(found);
    }
    table = found;
    return found;
  }

  private void create(JdbcTable missing) throws SQLException, IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        transact(missing::create);
        return;
      } catch (SQLException e) {
        if (isThere(missing)) return;
        // Perhaps another node is making it just now: its table is not visible yet, but ours is refused already.
        if (attempt == CREATE_ATTEMPTS) throw missing(missing, e);
        LockSupport.parkNanos(CREATE_PAUSE_NANOS);
      }
    }
  }

  private boolean isThere(JdbcTable table) throws IOException {
    try {
      transact(table::now);
      return true;
    } catch (SQLException missing) {
      return false;
    }
  }

  private IOException missing(JdbcTable missing, SQLException e) {
    return new IOException("table " + JdbcTable.NAME + " in " + description() + " cannot be used (" + e.getMessage()
        + "); set createTable=true, or run: " + String.join("; ", missing.ddl()) + ";", e);
  }

  private interface Step<T> {
    T run() throws SQLException, IOException;
  }

  /** Of what changes nothing: a pool may hand out a connection that died with the database's last restart. */
  private static <T> T onceMore(Step<T> step) throws SQLException, IOException {
    try {
      return step.run();
    } catch (SQLException first) {
      try {
        return step.run();
      } catch (SQLException second) {
        second.addSuppressed(first);
        throw second;
      }
    }
  }

  private interface Statements<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T transact(Statements<T> statements) throws SQLException {
    try (Connection connection = connect()) {
      boolean automatic = connection.getAutoCommit();
      try {
        T result = statements.run(connection);
        if (!automatic) connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        if (!automatic) rollback(connection, e);
        throw e;
      }
    }
  }

  private Connection connect() throws SQLException {
    try {
      return dataSource.get().getConnection();
    } catch (SQLException e) {
      throw new JdbcFailures.NoConnection(e);
    } catch (RuntimeException e) {
      throw new JdbcFailures.NoConnection(e);
    }
  }

  private static void rollback(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public String description() {
    return "jdbc:" + name;
  }

  /** Collects the options of a {@link JdbcTokenStore}. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Supplier<? extends DataSource> dataSource;
    private boolean createTable;
    private EncryptionKeys keys = EncryptionKeys.none();

    private Builder(String name, Supplier<? extends DataSource> dataSource) {
      this.name = Objects.requireNonNull(name, "name");
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** Whether to make the table when it is missing; otherwise the error shows the statements (false). */
    public Builder createTable(boolean value) {
      createTable = value;
      return this;
    }

    /** Encrypts what is written; unset, tokens are stored as they are. */
    public Builder encryption(EncryptionKeys value) {
      keys = Objects.requireNonNull(value, "keys");
      return this;
    }

    /** The store; no connection is opened yet. */
    public JdbcTokenStore build() {
      return new JdbcTokenStore(this);
    }
  }
}
