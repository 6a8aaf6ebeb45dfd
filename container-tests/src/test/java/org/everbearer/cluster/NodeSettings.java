package org.everbearer.cluster;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.everbearer.coordinator.ShiftedClock;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.everbearer.TokenStore;
import org.everbearer.coordinator.RefreshCoordinator;
import org.everbearer.refresh.SessionRefresh;
import org.everbearer.refresh.TokenEndpoint;
import org.everbearer.store.FileTokenStore;
import org.everbearer.store.JdbcTokenStore;
import org.h2.jdbcx.JdbcDataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What a node is told on its command line, and how it makes a client of it.
 *
 * @param server where the stand-in server is
 * @param store {@code file:PATH}, or the URL of a database
 * @param grace the server's
 * @param requestTimeout of one attempt
 * @param ahead how far the library's wall clock is ahead of the machine's
 * @param late which share of the replies reaches the node {@link #LATE} after the server has committed
 */
record NodeSettings(String server, String store, Duration grace, Duration requestTimeout, Duration ahead, double late) {
  static final Duration LATE = Duration.ofMillis(700);

  /**
   * Tokens live for 2 to 3 s. They are refreshed 400 to 480 ms before they end: enough for a refresh on a busy machine,
   * so that nobody waits for one that goes well, and a fifth of the lifetime.
   */
  private static final Duration REFRESH_MARGIN = Duration.ofMillis(400);

  /**
   * With a grace of 10 s a spent token is replayed until 8 s after it was sent, and a dead owner's lease is over after
   * one second, however long a call may take: so some six owners may die one after the other.
   */
  static final Duration IN_GRACE = Duration.ofSeconds(2);
  /** With no grace nothing must fit into it, and a reply that is slow on a busy machine should not be taken for lost. */
  static final Duration NO_GRACE = Duration.ofSeconds(3);

  static NodeSettings parse(String[] a) {
    return new NodeSettings(a[0], a[1], Duration.parse(a[2]), Duration.parse(a[3]), Duration.parse(a[4]),
        Double.parseDouble(a[5]));
  }

  List<String> arguments() {
    return List.of(server, store, grace.toString(), requestTimeout.toString(), ahead.toString(), Double.toString(late));
  }

  NodeSettings ahead(Duration libraryClock) {
    return new NodeSettings(server, store, grace, requestTimeout, libraryClock, late);
  }

  NodeSettings late(double share) {
    return new NodeSettings(server, store, grace, requestTimeout, ahead, share);
  }

  RefreshCoordinator.Builder client(TokenSet first, TokenRefresher refresher, TokenStore tokens) {
    return ShiftedClock.shift(RefreshCoordinator.builder("cluster", refresher), ahead)
        .store(tokens)
        .firstTokens(first)
        .reuseGrace(grace)
        .refreshMargin(REFRESH_MARGIN);
  }

  TokenRefresher refresher() {
    return SessionRefresh.builder(TokenEndpoint.builder("cluster")
        .base(server, SessionRefresh.PATH)
        .connectTimeout(requestTimeout)
        .requestTimeout(requestTimeout)
        .build()).build();
  }

  TokenStore openStore() throws SQLException {
    if (store.startsWith("file:")) return FileTokenStore.at(Path.of(store.substring(5)));
    DataSource database = database(store);
    return JdbcTokenStore.builder("cluster", () -> database).createTable(true).build();
  }

  /** Without a pool: a new connection for every statement. */
  private static DataSource database(String url) throws SQLException {
    if (url.startsWith("jdbc:mariadb:")) return new MariaDbDataSource(url);
    if (url.startsWith("jdbc:h2:")) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setUrl(url);
      return h2;
    }
    PGSimpleDataSource postgres = new PGSimpleDataSource();
    postgres.setUrl(url);
    postgres.setConnectTimeout(5);
    postgres.setSocketTimeout(5);
    return postgres;
  }
}
