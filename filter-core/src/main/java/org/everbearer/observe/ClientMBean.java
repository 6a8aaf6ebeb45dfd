package org.everbearer.observe;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Date;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;
import org.everbearer.log.Loggers;
import org.slf4j.Logger;

/** Shows a client to JMX from its registration until it is closed. */
public final class ClientMBean implements TokenSourceMXBean, AutoCloseable {
  private static final Logger LOG = Loggers.of(ClientMBean.class);
  private static final int MOST_OF_ONE_NAME = 1000;
  private static final Pattern PLAIN = Pattern.compile("[^,=:\"*?\\s]+");

  private final ClientState state;
  private final Operations operations;
  // Set once by register, before anybody else sees this object.
  private ObjectName name;

  private ClientMBean(ClientState state, Operations operations) {
    this.state = state;
    this.operations = operations;
  }

  /**
   * Registers the client with the platform's MBean server, under a name with a number if there is one of its name
   * already. Where JMX cannot be used that is logged, and all else goes on.
   *
   * @param context the web application's context path, or another name that tells applications apart
   */
  public static ClientMBean register(String context, ClientState state, Operations operations) {
    ClientMBean bean = new ClientMBean(state, operations);
    try {
      bean.name = bean.register(ManagementFactory.getPlatformMBeanServer(), context);
    } catch (JMException | RuntimeException e) {
      LOG.warn("{}: not shown in JMX: {}", state.client(), e.toString());
    }
    return bean;
  }

  private ObjectName register(MBeanServer server, String context) throws JMException {
    String plain = "org.everbearer:type=TokenSource,context=" + value(context) + ",client=" + value(state.client());
    for (int number = 1; ; number++) {
      ObjectName candidate = new ObjectName(number == 1 ? plain : plain + ",number=" + number);
      try {
        server.registerMBean(this, candidate);
        return candidate;
      } catch (InstanceAlreadyExistsException e) {
        if (number == MOST_OF_ONE_NAME) throw e;
      }
    }
  }

  private static String value(String text) {
    return PLAIN.matcher(text).matches() ? text : ObjectName.quote(text);
  }

  /** Under which it is registered; null if it could not be. */
  public ObjectName name() {
    return name;
  }

  @Override
  public void close() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      if (name != null && server.isRegistered(name)) server.unregisterMBean(name);
    } catch (JMException | RuntimeException e) {
      LOG.warn("{}: still shown in JMX: {}", state.client(), e.toString());
    }
  }

  @Override
  public String getState() {
    return state.condition();
  }

  @Override
  public String getSummary() {
    return state.sentence();
  }

  @Override
  public Boolean getValid() {
    return state.valid(state.now());
  }

  @Override
  public Double getSecondsToExpiry() {
    return state.secondsToExpiry(state.now());
  }

  @Override
  public Date getNextRefresh() {
    if (!state.isSingle()) return null;
    Known known = state.known();
    return date(known.failure != null ? known.nextTry() : known.refreshesAt());
  }

  @Override
  public String getTokenFingerprint() {
    TokenEvent last = state.known().last;
    return last == null ? "none" : last.token();
  }

  @Override
  public long getRefreshCount() {
    return state.counters.of(Type.REFRESHED);
  }

  @Override
  public long getUnchangedCount() {
    return state.counters.of(Type.UNCHANGED);
  }

  @Override
  public long getFailureCount() {
    return state.counters.of(Type.FAILED);
  }

  @Override
  public long getRejectionCount() {
    return state.counters.of(Type.INVALIDATED);
  }

  @Override
  public long getReplayCount() {
    return state.counters.of(Type.REPLAYED);
  }

  @Override
  public long getAdoptionCount() {
    return state.counters.of(Type.ADOPTED);
  }

  @Override
  public long getDeadFamilyCount() {
    return state.counters.of(Type.DEAD);
  }

  @Override
  public long getStoreFailureCount() {
    return state.counters.of(Type.STORE_FAILED);
  }

  @Override
  public long getUnsavedTokenCount() {
    return state.counters.of(Type.NOT_SAVED);
  }

  @Override
  public long getDroppedEventCount() {
    return state.counters.of(Type.EVENTS_DROPPED);
  }

  @Override
  public int getFailuresInARow() {
    TokenEvent failure = state.known().failure;
    return failure == null ? 0 : failure.streak();
  }

  @Override
  public Date getFailingSince() {
    TokenEvent first = state.known().failingSince;
    return first == null ? null : date(first.at());
  }

  @Override
  public String getLastFailure() {
    TokenEvent failure = state.lastFailure();
    return failure == null ? null : failure.failure().getMessage();
  }

  @Override
  public String getLastFailureReason() {
    TokenEvent failure = state.lastFailure();
    return failure == null ? null : failure.failure().reason().name();
  }

  @Override
  public Date getLastFailureTime() {
    TokenEvent failure = state.lastFailure();
    return failure == null ? null : date(failure.at());
  }

  @Override
  public void refreshNow() {
    operations.refreshNow();
  }

  @Override
  public void invalidate() {
    operations.invalidate();
  }

  private static Date date(Instant moment) {
    return moment == null ? null : Date.from(moment);
  }
}
