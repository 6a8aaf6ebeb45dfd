package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.naming.NameNotFoundException;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;

class NamedDataSourceTest {
  private final Map<String, Object> names = new HashMap<>();
  private int lookups;
  private ClassLoader lookedUpWith;
  private final ConfigSource source = ConfigSource.builder("chat-api").jndi(name -> {
    lookups++;
    lookedUpWith = Thread.currentThread().getContextClassLoader();
    if (!names.containsKey(name)) throw new NameNotFoundException(name);
    return names.get(name);
  }).build();

  private static DataSource pool() {
    PoolProperties properties = new PoolProperties();
    properties.setUrl("jdbc:h2:mem:" + UUID.randomUUID());
    properties.setDriverClassName("org.h2.Driver");
    properties.setInitialSize(0);
    properties.setMaxActive(2);
    properties.setMaxIdle(2);
    return new DataSource(properties);
  }

  /** As a container does that undeploys it. */
  private static void undeploy(DataSource pool) {
    pool.close(true);
    pool.getPoolProperties().setUrl("jdbc:nobody:knows");
    pool.getPoolProperties().setDriverClassName("no.such.Driver");
  }

  @Test
  void redeployedDataSource_isFoundAtItsFirstFailure() throws Exception {
    DataSource first = pool();
    DataSource second = pool();
    names.put("java:global/tokens", first);
    NamedDataSource named = NamedDataSource.lookUp("java:global/tokens", source);
    ClassLoader application = Thread.currentThread().getContextClassLoader();
    for (int i = 0; i < 10; i++) named.getConnection().close();
    assertEquals(1, lookups, "a connection that can be had costs no look-up");
    undeploy(first);
    names.put("java:global/tokens", second);
    Thread.currentThread().setContextClassLoader(null); // a worker's
    try {
      named.getConnection().close();
      assertEquals(null, Thread.currentThread().getContextClassLoader());
    } finally {
      Thread.currentThread().setContextClassLoader(application);
    }
    assertEquals(2, lookups);
    assertSame(application, lookedUpWith);
    named.getConnection().close();
    assertEquals(2, lookups);
    second.close(true);
  }

  @Test
  void outage_isNoReasonToLookUpAtEachCall() throws Exception {
    DataSource only = pool();
    names.put("java:global/tokens", only);
    NamedDataSource named = NamedDataSource.lookUp("java:global/tokens", source);
    undeploy(only);
    for (int i = 0; i < 50; i++) assertThrows(SQLException.class, named::getConnection);
    assertTrue(lookups < 10, lookups + " look-ups");
    names.remove("java:global/tokens");
    assertThrows(SQLException.class, named::getConnection);
  }

  @Test
  void nameThatIsGone_isSuppressedAndTheFailureStays() throws Exception {
    DataSource only = pool();
    names.put("java:global/tokens", only);
    NamedDataSource named = NamedDataSource.lookUp("java:global/tokens", source);
    undeploy(only);
    names.clear();
    SQLException e = assertThrows(SQLException.class, named::getConnection);
    assertTrue(e.getSuppressed()[0] instanceof NameNotFoundException, e.toString());
  }

  @Test
  void otherThing_isRefused() {
    names.put("java:global/tokens", "text");
    String message = assertThrows(IllegalArgumentException.class,
        () -> NamedDataSource.lookUp("java:global/tokens", source)).getMessage();
    assertEquals("the JNDI name java:global/tokens holds a java.lang.String, not a javax.sql.DataSource", message);
  }
}
