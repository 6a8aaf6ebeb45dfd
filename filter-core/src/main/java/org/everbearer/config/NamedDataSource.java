package org.everbearer.config;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * The data source of a JNDI name, which is looked up anew when it gives no connection: somebody may have redeployed it.
 * While the answer stays the same, or fails too, it is asked for ever more seldom, up to half a minute apart: there are
 * containers that make a new pool at each look-up.
 */
final class NamedDataSource implements DataSource {
  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);

  private final String name;
  private final ConfigSource source;
  // The threads that look up later have no naming context of their own; many containers find it by this.
  private final ClassLoader application = Thread.currentThread().getContextClassLoader();
  private final AtomicLong nextLookup = new AtomicLong(System.nanoTime());
  private volatile long pause = FIRST_PAUSE;
  private volatile DataSource current;

  private NamedDataSource(String name, ConfigSource source) {
    this.name = name;
    this.source = source;
  }

  /** @throws IllegalArgumentException if the name is that of something else */
  static NamedDataSource lookUp(String name, ConfigSource source) throws NamingException {
    NamedDataSource named = new NamedDataSource(name, source);
    named.current = named.found();
    return named;
  }

  private DataSource found() throws NamingException {
    Object found = source.lookup(name);
    if (found instanceof DataSource) return (DataSource) found;
    throw new IllegalArgumentException("the JNDI name " + name + " holds "
        + (found == null ? "nothing" : "a " + found.getClass().getName()) + ", not a javax.sql.DataSource");
  }

  @Override
  public Connection getConnection() throws SQLException {
    DataSource known = current;
    try {
      Connection connection = known.getConnection();
      pause = FIRST_PAUSE;
      return connection;
    } catch (SQLException | RuntimeException e) {
      DataSource other = redeployed(known, e);
      if (other == null) throw e;
      try {
        Connection connection = other.getConnection();
        current = other;
        return connection;
      } catch (SQLException | RuntimeException second) {
        e.addSuppressed(second);
        throw e;
      }
    }
  }

  /** Null if there is no other, or if it is too soon to look. */
  private DataSource redeployed(DataSource known, Exception failure) {
    if (current != known) return current; // another thread has found it
    long due = nextLookup.get();
    long now = System.nanoTime();
    long wait = pause;
    if (now - due < 0 || !nextLookup.compareAndSet(due, now + wait)) return null;
    pause = Math.min(2 * wait, LONGEST_PAUSE);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(application);
    try {
      DataSource found = found();
      return found == known ? null : found;
    } catch (NamingException | RuntimeException e) {
      failure.addSuppressed(e);
      return null;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return current.getConnection(user, password);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return current.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    current.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    current.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return current.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : current.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || current.isWrapperFor(type);
  }
}
