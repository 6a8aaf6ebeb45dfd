package org.everbearer.store;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/** What the failure of a statement means, and how much of it may be told. */
final class JdbcFailures {
  private JdbcFailures() {}

  /** No statement was ever sent. */
  static final class NoConnection extends SQLException {
    private static final long serialVersionUID = 1;

    NoConnection(SQLException e) {
      super("no connection: " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
    }

    NoConnection(RuntimeException e) {
      super("no connection: " + e, "08001", e);
    }
  }

  /** The row was there already. */
  static boolean isDuplicate(SQLException e) {
    return e instanceof SQLIntegrityConstraintViolationException || state(e).startsWith("23");
  }

  /** The database undid the whole transaction, a deadlock for instance, so doing it again is no blind retry. */
  static boolean isRolledBack(SQLException e) {
    return state(e).startsWith("40") && !state(e).equals("40003");
  }

  /** The statement was never the problem. */
  static boolean isConnection(SQLException e) {
    return e instanceof NoConnection || e instanceof SQLRecoverableException || e instanceof SQLTransientException
        || e instanceof SQLNonTransientConnectionException
        || state(e).startsWith("08") || state(e).startsWith("57") || state(e).startsWith("53");
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  /** Of a statement without secrets. */
  static IOException reading(String store, SQLException e) {
    return new IOException("cannot read " + store + " (" + codes(e) + "): " + e.getMessage(), e);
  }

  /** Of a statement that carries a record, which drivers and servers like to quote in their messages. */
  static IOException writing(String store, SQLException e) {
    if (e instanceof NoConnection) return new IOException("cannot write " + store + " (" + e.getMessage() + ")", e);
    SQLException withoutText =
        new SQLException("message withheld, it may quote tokens", e.getSQLState(), e.getErrorCode());
    withoutText.setStackTrace(e.getStackTrace());
    return new IOException("cannot tell whether the record was written to " + store + " (" + codes(e)
        + "); the database's log says more", withoutText);
  }

  private static String codes(SQLException e) {
    return e.getClass().getSimpleName() + ", SQLState " + e.getSQLState() + ", error " + e.getErrorCode();
  }
}
