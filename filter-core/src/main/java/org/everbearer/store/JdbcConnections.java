package org.everbearer.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Borrows a connection for a transaction, and always gives it back. After one has turned out dead, those that follow
 * are tested before they are used: a pool that does not test them itself may be full of dead ones.
 */
final class JdbcConnections {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcConnections.class);
  private static final int TRIES = 20;
  private static final long SEARCH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long DISTRUST_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Supplier<? extends DataSource> dataSource;
  // By the monotonic clock. A race leaves one of two recent times.
  private volatile long distrustedUntil = System.nanoTime();

  JdbcConnections(Supplier<? extends DataSource> dataSource) {
    this.dataSource = dataSource;
  }

  interface Statements<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Returns when the database has what the statements changed; whatever happens afterwards is no failure. */
  <T> T transact(Statements<T> statements) throws SQLException {
    Connection connection = connect();
    try {
      boolean automatic = automatic(connection);
      try {
        T result = statements.run(connection);
        if (!automatic) connection.commit();
        return result;
      } catch (Throwable e) {
        if (!automatic) rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      if (JdbcFailures.isConnection(e)) distrust();
      throw e;
    } finally {
      close(connection);
    }
  }

  private static boolean automatic(Connection connection) throws SQLException {
    try {
      return connection.getAutoCommit();
    } catch (SQLException e) {
      throw JdbcFailures.NoConnection.dead(e);
    }
  }

  private static void rollback(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("Cannot give a connection back: {}", e.toString());
    }
  }

  private void distrust() {
    distrustedUntil = System.nanoTime() + DISTRUST_NANOS;
  }

  private Connection connect() throws SQLException {
    return System.nanoTime() - distrustedUntil < 0 ? tested() : borrowed();
  }

  private Connection borrowed() throws SQLException {
    Connection connection;
    try {
      connection = dataSource.get().getConnection();
    } catch (SQLException e) {
      throw JdbcFailures.NoConnection.none(e);
    } catch (RuntimeException e) {
      throw JdbcFailures.NoConnection.none(new SQLException(e.toString(), "08001", e));
    }
    if (connection != null) return connection;
    throw JdbcFailures.NoConnection.none(new SQLException("the data source returned null", "08001"));
  }

  /** Dead ones are kept until a living one is found, or the pool would hand them out again. */
  private Connection tested() throws SQLException {
    List<Connection> dead = new ArrayList<>();
    long deadline = System.nanoTime() + SEARCH_NANOS;
    try {
      while (dead.size() < TRIES && System.nanoTime() - deadline < 0) {
        Connection connection = borrowed();
        dead.add(connection);
        if (lives(connection)) return dead.remove(dead.size() - 1);
        distrust();
      }
      throw JdbcFailures.NoConnection.allDead(dead.size(), null);
    } catch (JdbcFailures.NoConnection e) {
      throw dead.isEmpty() || e.isAllDead() ? e : JdbcFailures.NoConnection.allDead(dead.size(), e);
    } finally {
      for (Connection connection : dead) discard(connection);
    }
  }

  private static boolean lives(Connection connection) {
    try {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    } catch (RuntimeException | LinkageError e) {
      return true; // an old driver that cannot tell
    }
  }

  // Many pools drop a connection that was aborted; all take it back.
  private static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException | LinkageError e) {
      LOG.debug("Cannot abort a dead connection: {}", e.toString());
    }
    close(connection);
  }
}
