package org.everbearer.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.everbearer.TokenRecord;
import org.everbearer.TokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of JDBC fails once, before or after it has done its work, in every way. */
class JdbcFaultsTest {
  private static final String KEY = "chat-api/user";
  private static final Set<Class<?>> WRAPPED = Set.of(Connection.class, PreparedStatement.class, ResultSet.class);

  private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  private final TokenStore healthy = JdbcTokenStore.builder("test", () -> (ConnectionSource) this::plain)
      .createTable(true).build();
  private boolean automatic;
  private int opened;
  private int closed;
  private int calls;
  private int failingCall;
  private boolean after;
  private Supplier<Throwable> fault;
  private String failed;

  private Connection plain() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }

  private Connection faulty() throws SQLException {
    opened++;
    Connection connection = plain();
    connection.setAutoCommit(automatic);
    return (Connection) wrap(connection, Connection.class);
  }

  private Object wrap(Object target, Class<?> type) {
    return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
      boolean failsNow = ++calls == failingCall;
      boolean close = method.getName().equals("close") && type == Connection.class;
      if (close) closed++;
      if (failsNow) failed = type.getSimpleName() + "." + method.getName();
      if (failsNow && !after) {
        if (close) ((Connection) target).close();
        throw fault.get();
      }
      Object result;
      try {
        result = method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
      if (failsNow) throw fault.get();
      return result != null && WRAPPED.contains(method.getReturnType()) ? wrap(result, method.getReturnType()) : result;
    });
  }

  private interface Operation {
    boolean run(TokenStore store) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void faultAtAnyCall_leaksNothingAndIsToldTruly(boolean automaticCommit) throws Exception {
    automatic = automaticCommit;
    List<Supplier<Throwable>> faults = List.of(
        () -> new SQLException("sneezed", "HY000"), () -> new SQLException("gone", "08006"),
        () -> new SQLException("undone", "40001"), () -> new IllegalStateException("a pool's own"),
        () -> new NoClassDefFoundError("driver/Part"));
    int combinations = 0;
    for (Supplier<Throwable> each : faults) {
      for (boolean afterwards : new boolean[] {false, true}) {
        fault = each;
        after = afterwards;
        combinations += allCalls(0, store -> store.compareAndSet(KEY, 0, record(1)), 1);
        combinations += allCalls(1, store -> store.compareAndSet(KEY, 1, record(2)), 2);
        combinations += allCalls(1, store -> store.compareAndSet(KEY, 1, null), 0);
        combinations += allCalls(1, store -> store.read(KEY).generation() == 1, 1);
      }
    }
    System.out.println(combinations + " faults, automatic commit " + automaticCommit);
    assertTrue(combinations > 500, combinations + " only");
  }

  /** @return how many calls there are */
  private int allCalls(long before, Operation operation, long written) throws Exception {
    for (int call = 1; ; call++) {
      prepare(before);
      TokenStore store = JdbcTokenStore.builder("test", () -> (ConnectionSource) this::faulty).build();
      failingCall = 0;
      store.read(KEY);
      opened = closed = calls = 0;
      failed = null;
      failingCall = call;
      String what = call + " after " + after;
      try {
        boolean result = operation.run(store);
        assertTrue(result, "refused at " + failed + ", " + what);
        assertEquals(written, healthy.read(KEY).generation(), "not written at " + failed + ", " + what);
      } catch (IOException e) {
        boolean surelyNot = e.getMessage().startsWith("nothing was written") || e.getMessage().startsWith("cannot write");
        if (surelyNot) assertEquals(before, healthy.read(KEY).generation(), failed + ": " + e.getMessage());
        assertFalse(failed.equals("Connection.close") || failed.endsWith("Statement.close"), "failed by " + failed);
      } catch (RuntimeException | Error e) {
        assertFalse(failed.endsWith("close") && e instanceof RuntimeException, "failed by " + failed);
      }
      assertEquals(opened, closed, "connections lost at " + failed + ", " + what);
      if (failed == null) return call - 1;
    }
  }

  private void prepare(long generation) throws Exception {
    long found = healthy.read(KEY).generation();
    if (found != 0) assertTrue(healthy.compareAndSet(KEY, found, null));
    if (generation != 0) assertTrue(healthy.compareAndSet(KEY, 0, record(generation)));
  }

  private static TokenRecord record(long generation) {
    return TokenStoreContract.record(generation);
  }

  @Test
  void failedWriteOnALivingConnection_isNotRepeated() throws Exception {
    automatic = true;
    prepare(1);
    TokenStore store = JdbcTokenStore.builder("test", () -> (ConnectionSource) this::faulty).build();
    store.read(KEY);
    opened = 0;
    fault = () -> new SQLException("gone", "08006");
    after = true;
    for (failingCall = 1; !"PreparedStatement.executeUpdate".equals(failed); failingCall++) {
      prepare(1);
      calls = opened = 0;
      try {
        store.compareAndSet(KEY, 1, record(2));
      } catch (IOException e) {
        if (!failed.equals("PreparedStatement.executeUpdate")) continue;
        assertTrue(e.getMessage().startsWith("cannot tell"), e.getMessage());
        assertEquals(1, opened);
      }
    }
  }
}
