package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the table promises on every database. */
abstract class JdbcTokenStoreContract extends TokenStoreContract {
  static final long DAY = 24 * 3600 * 1000L;

  private final CarelessPool pool = new CarelessPool(this::connect);

  /** A connection of one's own. */
  abstract Connection connect() throws SQLException;

  /** A statement that sets the session's zone this many hours east. */
  abstract String zone(int hours);

  /** What the database's explanation of a search by primary key contains. */
  abstract String keySearch();

  @AfterEach
  void closePool() {
    pool.close();
  }

  @BeforeEach
  void dropTable() throws SQLException {
    execute(drop());
  }

  String drop() {
    return "DROP TABLE IF EXISTS everbearer_tokens";
  }

  /** An expression for the database's time so many days later. */
  String later(String now, int days) {
    return "(" + now + " + " + days * DAY + ")";
  }

  /** A connection that may not write to the table, which exists. */
  Connection readOnly() throws SQLException {
    Connection connection = connect();
    connection.setReadOnly(true);
    return connection;
  }

  final CarelessPool pool() {
    return pool;
  }

  @Override
  protected TokenStore open() {
    return JdbcTokenStore.builder("test", () -> pool).createTable(true).build();
  }

  private TokenStore on(ConnectionSource connections) {
    return JdbcTokenStore.builder("test", () -> connections).createTable(true).build();
  }

  final int execute(String sql) throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  @Test
  void keysThatLookAlike_areApart() throws Exception {
    String[] keys = {
      "chat-api/a1", "chat-api/A1", "chat-api/a1 ", "chat-api/\u00e41", "chat-api/a\u03081", "", "x".repeat(300),
      "x".repeat(299), "X".repeat(300)
    };
    TokenStore store = store();
    for (int i = 0; i < keys.length; i++) {
      assertNull(store.read(keys[i]).record(), keys[i]);
      assertTrue(store.compareAndSet(keys[i], 0, keyed(i)), keys[i]);
    }
    for (int i = 0; i < keys.length; i++) assertEquals(keyed(i), store.read(keys[i]).record(), keys[i]);
  }

  private static TokenRecord keyed(int i) {
    return record(1).toBuilder().tokens("access-of-" + i, "refresh-of-" + i).build();
  }

  @Test
  void missingTable_isShownWithStatementsThatMakeIt() throws Exception {
    TokenStore store = JdbcTokenStore.builder("test", () -> pool).build();
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains("createTable=true"), message);
    assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, record(1)));
    for (String sql : message.substring(message.indexOf("run: ") + 5).split(";")) execute(sql);
    assertNull(store.read(KEY).record());
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    assertEquals(record(1), store.read(KEY).record());
  }

  @Test
  void connectionsWithoutAutomaticCommit_areCommittedAndKeepTheirState() throws Exception {
    try (Connection shared = connect()) {
      shared.setAutoCommit(false);
      TokenStore manual = on(() -> CarelessPool.closing(shared, () -> {}));
      assertTrue(manual.compareAndSet(KEY, 0, record(1)));
      assertTrue(manual.compareAndSet(KEY, 1, record(2)));
      assertFalse(manual.compareAndSet(KEY, 1, record(2)));
      assertFalse(manual.compareAndSet(KEY, 0, record(2)));
      TokenStore other = store();
      assertEquals(record(2), other.read(KEY).record());
      assertTrue(other.compareAndSet(KEY, 2, record(3)));
      // A transaction left open would go on to see the old row, or block the next writer.
      assertEquals(record(3), manual.read(KEY).record());
      assertTrue(manual.compareAndSet(KEY, 3, null));
      assertNull(other.read(KEY).record());
      assertFalse(shared.getAutoCommit());
    }
  }

  @Test
  void zonesOfSessionsAndNodes_doNotMoveTheClock() throws Exception {
    TimeZone before = TimeZone.getDefault();
    try {
      long last = 0;
      for (int hours : new int[] {0, 9, -8, 3}) {
        TimeZone.setDefault(TimeZone.getTimeZone(String.format("GMT%+d", -hours)));
        long now = on(() -> inZone(hours)).read(KEY).now();
        assertTrue(last <= now, "went back by " + (last - now) + " ms");
        long ahead = now - System.currentTimeMillis(); // the same clock: the database runs on this machine
        assertTrue(Math.abs(ahead) < 60_000, "ahead by " + ahead + " ms");
        last = now;
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  private Connection inZone(int hours) throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute(zone(hours));
    }
    return connection;
  }

  @Test
  void manyIdentities_areFoundByPrimaryKey() throws Exception {
    store().read(KEY);
    SqlDialect dialect;
    try (Connection connection = connect()) {
      dialect = SqlDialect.of(connection.getMetaData().getDatabaseProductName());
      connection.setAutoCommit(false);
      JdbcTable table = new JdbcTable(dialect);
      for (int i = 0; i < identities(); i++) table.insert(connection, "session/" + i, 1, "{}", Long.MAX_VALUE);
      connection.commit();
    }
    explained(new JdbcTable(dialect).select().replace("?", "'session/77'"));
    explained(JdbcTable.UPDATE.replaceFirst("\\?, token_record = \\?, purge_after = \\?", "2")
        .replaceFirst("\\?", "'session/77'").replaceFirst("\\?", "1"));
  }

  void explained(String sql) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(explain(sql))) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) plan.append(rows.getString(i)).append(' ');
      }
    }
    assertTrue(plan.toString().contains(keySearch()), plan.toString());
  }

  int identities() {
    return 10_000;
  }

  String explain(String sql) {
    return "EXPLAIN " + sql;
  }

  @Test
  void expiredRows_areRemovedAtMostOnceAnHour() throws Exception {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    TokenStore store = on(pool, System::currentTimeMillis, nanos::get);
    for (String key : List.of("c/old", "C/Old", "c/new")) assertTrue(store.compareAndSet(key, 0, record(1)));
    due("c/old", "C/Old");
    assertTrue(store.compareAndSet("c/new", 1, record(2)));
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1) - 1);
    assertTrue(store.compareAndSet("c/new", 2, record(3)));
    assertNotNull(store.read("c/old").record(), "the hour is not over");
    nanos.incrementAndGet();
    assertTrue(store.compareAndSet("c/new", 3, record(4)));
    assertNull(store.read("c/old").record());
    assertNull(store.read("C/Old").record());
    assertEquals(record(4), store.read("c/new").record());
  }

  /** As if the row had been written long ago. */
  private void due(String... keys) throws SQLException {
    for (String key : keys) {
      String row = JdbcTable.rowKey(key);
      assertEquals(1, execute("UPDATE everbearer_tokens SET purge_after = 1 WHERE store_key = '" + row + "'"));
    }
  }

  private TokenStore on(ConnectionSource connections, LongSupplier millis, LongSupplier nanos) {
    return JdbcTokenStore.builder("test", () -> connections).createTable(true).clocks(millis, nanos).build();
  }

  /** Connections on which the database's clock is wrong. */
  private ConnectionSource wrongBy(int days) {
    return () -> {
      Connection connection = connect();
      String now = SqlDialect.of(connection.getMetaData().getDatabaseProductName()).now();
      return (Connection) Proxy.newProxyInstance(
          getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("prepareStatement")) {
              arguments[0] = ((String) arguments[0]).replace(now, later(now, days));
            }
            try {
              return method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    };
  }

  @Test
  void rowIsRemoved_onlyByTwoClocksThatAgree() throws Exception {
    LongSupplier right = System::currentTimeMillis;
    LongSupplier wrong = () -> System.currentTimeMillis() + 120 * DAY;
    TokenStore store = store();
    TokenRecord idle = record(1).toBuilder().expiry(0, 0).build();
    assertTrue(store.compareAndSet("c/live", 0, idle));
    purgedBy(on(wrongBy(120), right, System::nanoTime));
    purgedBy(on(wrongBy(-120), right, System::nanoTime));
    purgedBy(on(pool, wrong, System::nanoTime));
    purgedBy(on(wrongBy(110), wrong, System::nanoTime));
    purgedBy(on(wrongBy(120), () -> System.currentTimeMillis() + 110 * DAY, System::nanoTime));
    assertEquals(idle, store.read("c/live").record());
    long soon = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(10);
    execute("UPDATE everbearer_tokens SET purge_after = " + soon + " WHERE store_key = 'c/live'");
    purgedBy(on(pool, () -> soon - 1, System::nanoTime));
    assertEquals(idle, store.read("c/live").record());
    purgedBy(on(wrongBy(120), wrong, System::nanoTime)); // it is really so late
    assertNull(store.read("c/live").record());
  }

  private void purgedBy(TokenStore store) throws IOException {
    long generation = store.read("c/other").generation();
    assertTrue(store.compareAndSet("c/other", generation, record(generation + 1)));
  }

  @Test
  void wrongReadingOfTheClock_doesNotEndThePurge() throws Exception {
    AtomicLong nanos = new AtomicLong(77);
    AtomicReference<ConnectionSource> connections = new AtomicReference<>(wrongBy(120));
    TokenStore store = on(() -> connections.get().getConnection(), System::currentTimeMillis, nanos::get);
    for (String key : List.of("c/old", "c/new")) assertTrue(store.compareAndSet(key, 0, record(1)));
    connections.set(this::connect);
    due("c/old");
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    assertTrue(store.compareAndSet("c/new", 1, record(2)));
    assertNull(store.read("c/old").record());
  }

  @Test
  void rowIsKept_byTheLaterOfTwoClocks() throws Exception {
    TokenRecord idle = record(1).toBuilder().expiry(0, 0).build();
    long now = System.currentTimeMillis();
    assertTrue(on(wrongBy(-120), () -> now, System::nanoTime).compareAndSet("c/database", 0, idle));
    assertTrue(on(pool, () -> now - 120 * DAY, System::nanoTime).compareAndSet("c/host", 0, idle));
    assertEquals(now + 100 * DAY, purgeAfter("c/database"), 60_000);
    assertEquals(now + 100 * DAY, purgeAfter("c/host"), 60_000);
  }

  @Test
  void rowsOfTheApplication_areNeverRemoved() throws Exception {
    TokenStore store = store();
    List<String> names = List.of("chat", "Chat%2Fapi", "x".repeat(300));
    for (String name : names) {
      assertTrue(store.compareAndSet(name, 0, record(1)));
      assertEquals(Long.MAX_VALUE, purgeAfter(JdbcTable.rowKey(name)), 1_000);
      due(name); // as an older version wrote it
      assertTrue(store.compareAndSet(name + "/a-user", 0, record(1)));
      due(name + "/a-user");
    }
    purgedBy(store());
    for (String name : names) {
      assertEquals(record(1), store.read(name).record(), name);
      assertNull(store.read(name + "/a-user").record(), name);
    }
  }

  @Test
  void rowsAreKeptLongPastTheirExpiry() throws Exception {
    TokenStore store = store();
    long now = store.read(KEY).now();
    assertTrue(store.compareAndSet("c/refreshable", 0, record(1).toBuilder().expiry(now + DAY, DAY).build()));
    assertTrue(store.compareAndSet("c/unknown", 0, record(1).toBuilder().expiry(0, 0).build()));
    assertTrue(store.compareAndSet("c/endless", 0, record(1).toBuilder().expiry(Long.MAX_VALUE, 0).build()));
    assertTrue(store.compareAndSet("c/access-only", 0, TokenRecord.builder().tokens("a", null).build()));
    assertTrue(store.compareAndSet("c/released", 0,
        TokenRecord.builder().tokens("a", "r").expiry(now + DAY, DAY).purgeAfter(now + 2 * DAY).build()));
    assertEquals(now + 2 * DAY, purgeAfter("c/released"), 1_000);
    assertEquals(now + 101 * DAY, purgeAfter("c/refreshable"), 60_000);
    assertEquals(now + 100 * DAY, purgeAfter("c/unknown"), 60_000);
    assertEquals(Long.MAX_VALUE, purgeAfter("c/endless"), 1_000);
    assertEquals(now + 30 * DAY, purgeAfter("c/access-only"), 60_000);
  }

  private double purgeAfter(String key) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement select =
            connection.prepareStatement("SELECT purge_after FROM everbearer_tokens WHERE store_key = ?")) {
      select.setString(1, key);
      try (ResultSet rows = select.executeQuery()) {
        assertTrue(rows.next());
        return rows.getLong(1);
      }
    }
  }

  @Test
  void failedWrite_quotesNoToken() throws Exception {
    execute("CREATE TABLE everbearer_tokens (store_key VARCHAR(128) NOT NULL PRIMARY KEY, generation BIGINT NOT NULL,"
        + " token_record VARCHAR(300), purge_after BIGINT NOT NULL, CHECK (generation < 7))");
    TokenStore store = store();
    for (TokenRecord refused : List.of(record(8), record(1).toBuilder().lease("o".repeat(300), 1).build())) {
      IOException e = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 0, refused));
      StringWriter everything = new StringWriter();
      e.printStackTrace(new PrintWriter(everything));
      // Not even the beginning of the record, which is as far as PostgreSQL quotes it.
      assertFalse(everything.toString().contains("{\"v\":1"), everything::toString);
      assertFalse(everything.toString().contains("refresh-"), everything::toString);
      assertTrue(e.getMessage().contains("jdbc:test") && e.getMessage().contains("SQLState"), e.getMessage());
      assertTrue(e.getMessage().startsWith("nothing was written"), e.getMessage());
    }
    assertNull(store.read(KEY).record());
  }

  @Test
  void readOnlyDatabase_isNamedAndNothingWasWritten() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    TokenStore standby = on(this::readOnly);
    long generation = standby.read(KEY).generation();
    for (TokenRecord next : new TokenRecord[] {record(generation + 1), null}) {
      String message =
          assertThrows(IOException.class, () -> standby.compareAndSet(KEY, next == null ? 1 : generation, next))
              .getMessage();
      assertTrue(message.startsWith("nothing was written to jdbc:test (") && message.contains("read-only"), message);
      assertTrue(message.contains("connect to the primary"), message);
    }
  }

  @Test
  void tableThatIsGone_isNoDoubtfulWrite() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    execute("DROP TABLE everbearer_tokens");
    String message = assertThrows(IOException.class, () -> store.compareAndSet(KEY, 1, record(2))).getMessage();
    assertTrue(message.startsWith("nothing was written to jdbc:test ("), message);
    assertTrue(message.contains("the table or a column is missing"), message);
  }

  @Test
  void rowThatIsNoRecord_isAnErrorThatNamesIt() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    execute("UPDATE everbearer_tokens SET token_record = 'garbage access-1'");
    String message = assertThrows(IOException.class, () -> store.read(KEY)).getMessage();
    assertTrue(message.contains("'chat-api'") && message.contains("is damaged"), message);
    assertFalse(message.contains("access-1"), message);
  }

  @Test
  void rowOfAnotherGeneration_isDamaged() throws Exception {
    TokenStore store = store();
    assertTrue(store.compareAndSet(KEY, 0, record(1)));
    execute("UPDATE everbearer_tokens SET generation = 9");
    assertTrue(assertThrows(IOException.class, () -> store.read(KEY)).getMessage().contains("is damaged"));
  }

  @Test
  void sealedRow_copiedToAnotherIdentity_isRefused() throws Exception {
    EncryptionKeys keys = EncryptionKeys.of("A".repeat(42) + "E=", List.of());
    TokenStore store = JdbcTokenStore.builder("test", () -> pool).createTable(true).encryption(keys).build();
    assertTrue(store.compareAndSet("alice", 0, record(1)));
    assertTrue(store.compareAndSet("mallory", 0, record(1)));
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      String alices;
      try (ResultSet rows = statement.executeQuery(
          "SELECT token_record FROM everbearer_tokens WHERE store_key = 'alice'")) {
        assertTrue(rows.next());
        alices = rows.getString(1);
      }
      assertFalse(alices.contains("access-1") || alices.contains("alice"));
      statement.executeUpdate(
          "UPDATE everbearer_tokens SET token_record = '" + alices + "' WHERE store_key = 'mallory'");
    }
    String message = assertThrows(IOException.class, () -> store.read("mallory")).getMessage();
    assertTrue(message.contains("'alice'") && message.contains("'mallory'"), message);
    assertEquals(record(1), store.read("alice").record());
  }
}
