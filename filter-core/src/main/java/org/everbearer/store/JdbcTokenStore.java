package org.everbearer.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

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
 * UPDATE} decides between writers. Time is the database's, whatever the zones of databases, sessions and nodes. A
 * database that knows no zones (Derby) tells a local time only: its zone is found by comparison with this host's clock,
 * which must then be right to seven minutes.
 *
 * <p>The data source may hand out connections with or without automatic commit, but they must take no part in
 * distributed transactions ({@code jta="false"}, "non-transactional"). A connection is held for one statement or two.
 * A statement gives up after ten seconds where the driver can; for a network that swallows packets set the driver's
 * socket timeout. A read that fails is done once more on another connection; a write only when the database says that
 * it undid it, or when it was never sent. For a minute after a connection has turned out dead, connections are tested
 * before they are used.
 *
 * <p>A row of an identity (its key has a {@code /}) is removed 100 days after its access token has expired (30 without
 * a refresh token), by the later of the database's clock and the writer's, and only while the database's clock and that
 * of the host that removes it differ by less than an hour; at most 1000 rows an hour, more only if there are more. The
 * application's own row is never removed.
 *
 * <p>Safe for use by any number of threads.
 */
public final class JdbcTokenStore implements TokenStore {
  private static final Logger LOG = Loggers.of(JdbcTokenStore.class);
  private static final int ATTEMPTS = 4;
  private static final int CREATE_ATTEMPTS = 10;
  private static final long CREATE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int PURGE_LIMIT = 1000;
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);
  // Longer than the refresh tokens of the large providers live without use.
  private static final long KEEP_REFRESHABLE = TimeUnit.DAYS.toMillis(100);
  private static final long KEEP_OTHERS = TimeUnit.DAYS.toMillis(30);

  private final String name;
  private final JdbcConnections connections;
  private final boolean createTable;
  private final RecordCodec codec;
  private final LongSupplier hostMillis;
  private final LongSupplier nanos;
  // By the monotonic clock: a wrong time of day, read once, must neither hasten nor end the purge.
  private final AtomicLong nextPurge;
  // Found out on first use; every thread finds the same.
  private volatile JdbcTable table;
  // The database's time when it was asked last: good enough for days. A race leaves one of two recent times.
  private volatile long seenNow;

  private JdbcTokenStore(Builder b) {
    this.name = b.name;
    this.connections = new JdbcConnections(b.dataSource);
    this.createTable = b.createTable;
    this.codec = new RecordCodec(b.keys);
    this.hostMillis = b.hostMillis;
    this.nanos = b.nanos;
    this.nextPurge = new AtomicLong(nanos.getAsLong());
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
        return connections.transact(connection -> ready.read(connection, key));
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
    try {
      ready = onceMore(this::table);
    } catch (SQLException e) {
      throw JdbcFailures.reading(description(), e);
    }
    boolean written = write(ready, key, expectedGeneration, next);
    if (written) purge(ready);
    return written;
  }

  private boolean write(JdbcTable ready, String key, long expected, TokenRecord next) throws IOException {
    String text = next == null ? null : codec.encode(key, next);
    for (int attempt = 1; ; attempt++) {
      try {
        return connections.transact(connection -> {
          if (next == null) return ready.delete(connection, key, expected);
          long purgeAfter = purgeAfter(key, next);
          if (expected != 0) return ready.update(connection, key, expected, next.generation(), text, purgeAfter);
          ready.insert(connection, key, next.generation(), text, purgeAfter);
          return true;
        });
      } catch (SQLException e) {
        if (attempt < ATTEMPTS && mayBeRepeated(e)) continue;
        if (expected == 0 && JdbcFailures.isDuplicate(e) && readRow(key).text != null) return false;
        throw JdbcFailures.writing(description(), e);
      }
    }
  }

  /** The database undid it, or it never reached the database. */
  private static boolean mayBeRepeated(SQLException e) {
    boolean dead = e instanceof JdbcFailures.NoConnection && ((JdbcFailures.NoConnection) e).isDead();
    return dead || JdbcFailures.isRolledBack(e);
  }

  /** Counted from the later of two clocks: neither may be wrong alone. */
  private long purgeAfter(String key, TokenRecord record) {
    if (key.indexOf('/') < 0) return Long.MAX_VALUE; // the application's own
    if (record.purgeAfter() > 0) return record.purgeAfter(); // whoever needed it has let go of it
    long keep = record.refreshToken() == null ? KEEP_OTHERS : KEEP_REFRESHABLE;
    long end = Math.max(Math.max(seenNow, hostMillis.getAsLong()), record.expiresAt());
    return end > Long.MAX_VALUE - keep ? Long.MAX_VALUE : end + keep;
  }

  private void purge(JdbcTable ready) {
    long due = nextPurge.get();
    long now = nanos.getAsLong();
    if (now - due < 0 || !nextPurge.compareAndSet(due, now + HOUR_NANOS)) return;
    try {
      int found = connections.transact(connection -> purge(ready, connection));
      if (found == PURGE_LIMIT) nextPurge.set(now + HOUR_NANOS / 60);
    } catch (SQLException | RuntimeException e) {
      LOG.warn("Cannot remove expired rows from {}: {}", description(), e.toString());
    }
  }

  private int purge(JdbcTable ready, Connection connection) throws SQLException {
    long theirs = ready.now(connection);
    long ours = hostMillis.getAsLong();
    if (Math.abs(theirs - ours) <= HOUR) return ready.purge(connection, Math.min(theirs, ours), PURGE_LIMIT);
    LOG.warn("No expired rows are removed from {}: its clock says {}, and that of this host says {}; correct the wrong"
        + " one", description(), Instant.ofEpochMilli(theirs), Instant.ofEpochMilli(ours));
    return 0;
  }

  private JdbcTable table() throws SQLException, IOException {
    JdbcTable known = table;
    if (known != null) return known;
    JdbcTable found = new JdbcTable(
        SqlDialect.of(connections.transact(connection -> connection.getMetaData().getDatabaseProductName())));
    try {
      seenNow = connections.transact(found::now);
    } catch (SQLException e) {
      if (JdbcFailures.isConnection(e)) throw e;
      if (!createTable) throw missing(found, e);
      create(found);
      seenNow = connections.transact(found::now);
    }
    table = found;
    return found;
  }

  private void create(JdbcTable missing) throws SQLException, IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        connections.transact(missing::create);
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
      connections.transact(table::now);
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
    private LongSupplier hostMillis = System::currentTimeMillis;
    private LongSupplier nanos = System::nanoTime;

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

    /** The host's clocks, for the purge. */
    Builder clocks(LongSupplier millis, LongSupplier monotonicNanos) {
      hostMillis = millis;
      nanos = monotonicNanos;
      return this;
    }

    /** The store; no connection is opened yet. */
    public JdbcTokenStore build() {
      return new JdbcTokenStore(this);
    }
  }
}
