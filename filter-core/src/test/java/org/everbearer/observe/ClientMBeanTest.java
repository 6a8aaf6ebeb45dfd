package org.everbearer.observe;

import static org.everbearer.Happened.asking;
import static org.everbearer.Happened.at;
import static org.everbearer.Happened.event;
import static org.everbearer.Happened.failed;
import static org.everbearer.Happened.refreshed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.everbearer.TokenEvent.Type;
import org.everbearer.TokenException.Reason;
import org.everbearer.observe.ClientState.Tokens;
import org.junit.jupiter.api.Test;

class ClientMBeanTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final SetClock clock = new SetClock();
  private final ClientState state = new ClientState("chat-api", clock);
  private final List<String> done = new ArrayList<>();
  private final Operations operations = new Operations() {
    @Override
    public void refreshNow() {
      done.add("refresh");
    }

    @Override
    public void invalidate() {
      throw new IllegalStateException("not possible");
    }
  };

  private Object attribute(ClientMBean bean, String name) throws Exception {
    return server.getAttribute(bean.name(), name);
  }

  @Test
  void attributes_tellTheState() throws Exception {
    state.onEvent(refreshed("application", 0, 60));
    state.onEvent(event(Type.INVALIDATED, 40, 0));
    state.onEvent(asking("application", 50));
    state.onEvent(failed("application", 50, 0, Reason.TRANSIENT, 3));
    clock.set(at(55));
    try (ClientMBean bean = ClientMBean.register("/app", state, operations)) {
      assertEquals(new ObjectName("org.everbearer:type=TokenSource,context=/app,client=chat-api"), bean.name());
      assertEquals("DOWN", attribute(bean, "State"));
      assertEquals("No valid token: the identity server is having trouble; next try in 5.0 s.", attribute(bean, "Summary"));
      assertEquals(false, attribute(bean, "Valid"));
      assertEquals(-5.0, attribute(bean, "SecondsToExpiry"));
      assertEquals(Date.from(at(60)), attribute(bean, "NextRefresh"));
      assertEquals(1L, attribute(bean, "RefreshCount"));
      assertEquals(1L, attribute(bean, "FailureCount"));
      assertEquals(1L, attribute(bean, "RejectionCount"));
      assertEquals(3, attribute(bean, "FailuresInARow"));
      assertEquals(Date.from(at(50)), attribute(bean, "FailingSince"));
      assertEquals("the endpoint said TRANSIENT", attribute(bean, "LastFailure"));
      assertEquals("TRANSIENT", attribute(bean, "LastFailureReason"));
      assertEquals(Date.from(at(50)), attribute(bean, "LastFailureTime"));
    }
  }

  @Test
  void everyCounterOfTheJson_isThereToo() throws Exception {
    state.onEvent(event(Type.NOT_SAVED, 1, 60));
    state.onEvent(event(Type.NOT_SAVED, 2, 60));
    try (ClientMBean bean = ClientMBean.register("/app", state, operations)) {
      assertEquals(2L, attribute(bean, "UnsavedTokenCount"));
      long counts = 0;
      for (var each : server.getMBeanInfo(bean.name()).getAttributes()) if (each.getName().endsWith("Count")) counts++;
      assertEquals(StateJson.counters(state.counters).size(), counts);
    }
  }

  @Test
  void deadFamily_promisesNothing() throws Exception {
    state.onEvent(refreshed("application", 0, 60));
    state.onEvent(asking("application", 50));
    state.onEvent(failed("application", 50, 10, Reason.REJECTED, 1));
    state.onEvent(failed("application", 60, 0, Reason.REJECTED, 2));
    clock.set(at(61));
    try (ClientMBean bean = ClientMBean.register("/app", state, operations)) {
      assertEquals("The refresh token was rejected; sign in again, or configure new tokens. What led there: presented by node"
          + " node-a at 2026-01-01T00:00:50Z, rejected: the endpoint said REJECTED.", attribute(bean, "Summary"));
      assertNull(attribute(bean, "NextRefresh"));
      assertEquals(1L, attribute(bean, "FailureCount"));
      assertEquals("the endpoint said REJECTED", attribute(bean, "LastFailure"));
    }
  }

  @Test
  void everyAttribute_canBeReadBeforeAnythingHappened() throws Exception {
    state.describe(Tokens.PER_USER, false);
    try (ClientMBean bean = ClientMBean.register("/app", state, operations)) {
      for (var each : server.getMBeanInfo(bean.name()).getAttributes()) attribute(bean, each.getName());
      assertEquals("PER_USER", attribute(bean, "State"));
      assertNull(attribute(bean, "SecondsToExpiry"));
      assertNull(attribute(bean, "Valid"));
    }
  }

  @Test
  void operations_areCarriedOut_andSayWhyTheyAreNot() throws Exception {
    try (ClientMBean bean = ClientMBean.register("/app", state, operations)) {
      server.invoke(bean.name(), "refreshNow", null, null);
      assertEquals(List.of("refresh"), done);
      Throwable refused = assertThrows(Exception.class, () -> server.invoke(bean.name(), "invalidate", null, null));
      assertEquals("not possible", refused.getCause().getMessage(), refused.toString());
      assertFalse(refused instanceof MBeanException);
    }
  }

  @Test
  void sameNames_getNumbers() {
    try (ClientMBean one = ClientMBean.register("/app", state, operations)) {
      ObjectName second;
      try (ClientMBean two = ClientMBean.register("/app", state, operations)) {
        second = two.name();
        assertNull(one.name().getKeyProperty("number"));
        assertEquals("2", second.getKeyProperty("number"));
      }
      assertFalse(server.isRegistered(second));
      assertEquals(true, server.isRegistered(one.name()));
    }
  }

  @Test
  void namesWithSpecialCharacters_areQuoted() {
    try (ClientMBean bean = ClientMBean.register("/a,b=c", new ClientState("chat*api"), operations)) {
      assertEquals("/a,b=c", ObjectName.unquote(bean.name().getKeyProperty("context")));
      assertEquals("chat*api", ObjectName.unquote(bean.name().getKeyProperty("client")));
    }
  }

  @Test
  void closed_isUnregistered_andMayBeClosedAgain() {
    ClientMBean bean = ClientMBean.register("/app", state, operations);
    bean.close();
    bean.close();
    assertFalse(server.isRegistered(bean.name()));
  }
}
