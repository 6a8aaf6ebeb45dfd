package org.everbearer.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A pool that hands out what it was given back, without looking whether the server still knows of it. */
final class CarelessPool implements ConnectionSource, AutoCloseable {
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ConnectionSource source;
  private final boolean blind;

  CarelessPool(ConnectionSource source) {
    this(source, false);
  }

  /** @param blind whether even what was closed under its hands is handed out again */
  CarelessPool(ConnectionSource source, boolean blind) {
    this.source = source;
    this.blind = blind;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection pooled = idle.pollLast();
    Connection connection = pooled == null ? source.getConnection() : pooled;
    return closing(connection, () -> giveBack(connection));
  }

  private void giveBack(Connection connection) throws SQLException {
    if (blind || !connection.isClosed()) idle.addLast(connection);
  }

  interface Close {
    void run() throws SQLException;
  }

  /** The connection, except that closing it does something else. */
  static Connection closing(Connection connection, Close close) {
    return (Connection) Proxy.newProxyInstance(
        CarelessPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("close")) {
            close.run();
            return null;
          }
          try {
            return method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Override
  public void close() {
    for (Connection connection; (connection = idle.poll()) != null; ) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It was dead, and nobody has looked.
      }
    }
  }
}
