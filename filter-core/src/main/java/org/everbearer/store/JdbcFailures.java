package org.everbearer.store;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/** What the failure of a statement means, and how much of it may be told. */
final class JdbcFailures {
  private static final String POOL_TEST = "if it stays so, have the pool test its connections before it hands them out"
      + " (Tomcat: testOnBorrow=true and validationQuery=SELECT 1)";

  private JdbcFailures() {}

  /** No statement was ever sent. */
  static final class NoConnection extends SQLException {
    private static final long serialVersionUID = 1;

    private final boolean dead;
    private final boolean allDead;

    private NoConnection(String message, SQLException e, boolean dead, boolean allDead) {
      super(message, e == null ? "08003" : e.getSQLState(), e == null ? 0 : e.getErrorCode(), e);
      this.dead = dead;
      this.allDead = allDead;
    }

    /** There was none to be had. */
    static NoConnection none(SQLException e) {
      return new NoConnection("no connection: " + e.getMessage(), e, false, false);
    }

    /** There was one, which could not even prepare a statement. */
    static NoConnection dead(SQLException e) {
      return new NoConnection("the connection is dead: " + e.getMessage() + "; " + POOL_TEST, e, true, false);
    }

    /** @param last why there was not one more, or null */
    static NoConnection allDead(int tried, SQLException last) {
      return new NoConnection(tried + " of " + tried + " connections were dead"
          + (last == null ? "" : ", then " + last.getMessage()) + "; " + POOL_TEST, last, false, true);
    }

    /** Whether another connection may live. */
    boolean isDead() {
      return dead;
    }

    boolean isAllDead() {
      return allDead;
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

  private static boolean isReadOnly(SQLException e) {
    String state = state(e);
    int code = e.getErrorCode();
    return state.equals("25006") || state.matches("2550[1-5]") // of the standard; of Derby
        || state.equals("90097") && code == 90097 // H2
        || state.equals("HY000") && (code == 1290 || code == 1836) // MySQL and MariaDB
        || code == 16000 && e.getMessage() != null && e.getMessage().startsWith("ORA-16000")
        || code == 3906 && state.startsWith("S"); // SQL Server
  }

  /** Why the database refused the statement, so that certainly nothing was written; null if that is not certain. */
  private static String refusal(SQLException e) {
    if (isReadOnly(e)) {
      return "the database is read-only. After a fail-over connect to the primary (with PostgreSQL put"
          + " targetServerType=primary into the URL); else let this user and session write";
    }
    if (isRolledBack(e)) return "the database undid the transaction each time it was tried";
    String state = state(e).equals("90096") ? "42501" : state(e); // H2's own
    switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "0A": return "the database or its driver cannot do what is asked";
      case "22": return "a value does not fit its column: compare the table with the statements in the documentation of"
          + " JdbcTokenStore";
      case "23":
      case "44": return "a constraint of the table forbids it: remove the constraint, it is none of Everbearer's";
      case "25": return "the connection's transaction cannot take it: see how the data source begins transactions";
      case "28": return "the database refuses the user or the password";
      case "3D":
      case "3F": return "there is no such database or schema";
      case "42":
        return "the table or a column is missing, or this user may not write to it: grant SELECT, INSERT, UPDATE and"
            + " DELETE on " + JdbcTable.NAME;
      default: return null;
    }
  }

  /** Of a statement without secrets. */
  static IOException reading(String store, SQLException e) {
    String hint = isConnection(e) && !(e instanceof NoConnection) ? "; " + POOL_TEST : "";
    return new IOException("cannot read " + store + " (" + codes(e) + "): " + e.getMessage() + hint, e);
  }

  /** Of a statement that carries a record, which drivers and servers like to quote in their messages. */
  static IOException writing(String store, SQLException e) {
    if (e instanceof NoConnection) return new IOException("cannot write " + store + " (" + e.getMessage() + ")", e);
    SQLException withoutText =
        new SQLException("message withheld, it may quote tokens", e.getSQLState(), e.getErrorCode());
    withoutText.setStackTrace(e.getStackTrace());
    String refusal = refusal(e);
    if (refusal != null) {
      return new IOException("nothing was written to " + store + " (" + codes(e) + "): " + refusal, withoutText);
    }
    return new IOException("cannot tell whether the record was written to " + store + " (" + codes(e)
        + "); the database's log says more" + (isConnection(e) ? "; " + POOL_TEST : ""), withoutText);
  }

  private static String codes(SQLException e) {
    return e.getClass().getSimpleName() + ", SQLState " + e.getSQLState() + ", error " + e.getErrorCode();
  }
}
