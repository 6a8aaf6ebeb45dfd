package org.everbearer.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Type;

/** The meters of one client. Its counters are there, at zero, from its first event on. */
final class ClientMeters {
  private static final int MOST_ASKING = 100_000;

  private final MeterRegistry registry;
  private final String client;
  private final Clock clock;
  private final Map<Type, Counter> counters = new EnumMap<>(Type.class);
  private final Set<Meter> own = ConcurrentHashMap.newKeySet();
  /** The identities for which the token endpoint is being asked. */
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  // Written by the event thread, read by whoever scrapes.
  private volatile Instant expiresAt;
  private volatile boolean endUnknown;
  private volatile boolean failing;
  private volatile int streak;
  private volatile boolean gauged;

  ClientMeters(MeterRegistry registry, String client, Clock clock) {
    this.registry = registry;
    this.client = client;
    this.clock = clock;
    count(Type.INVALIDATED, "everbearer.rejections", "Access tokens that a resource server rejected");
    count(Type.REPLAYED, "everbearer.replays", "Refreshes presented again because they were not answered");
    count(Type.ADOPTED, "everbearer.adoptions", "Tokens taken over from another node");
    count(Type.DEAD, "everbearer.dead.families", "Refresh tokens that were rejected");
    count(Type.STORE_FAILED, "everbearer.store.failures", "Failed reads and writes of the token store");
    count(Type.NOT_SAVED, "everbearer.unsaved.tokens", "New tokens that could not be saved at once");
    count(Type.EVENTS_DROPPED, "everbearer.dropped.events", "Events that were not told because a listener is too slow");
  }

  private void count(Type type, String name, String description) {
    Counter counter = Counter.builder(name).description(description).tag("client", client).register(registry);
    counters.put(type, counter);
    own.add(counter);
  }

  /** Null for what is not counted by itself. */
  Counter counter(Type type) {
    return counters.get(type);
  }

  void asks(String identity) {
    // Some ends may have been dropped on their way here.
    if (asking.size() >= MOST_ASKING) asking.clear();
    asking.add(identity);
  }

  /** Whether somebody was asked. */
  boolean answered(String identity) {
    return asking.remove(identity);
  }

  void own(Meter meter) {
    own.add(meter);
  }

  /** Takes up what the event says of the application's token. */
  void hold(TokenEvent event) {
    expiresAt = event.expiresIn() == null ? null : event.at().plus(event.expiresIn());
    endUnknown = event.endUnknown();
    switch (event.type()) {
      case FAILED:
        streak = event.streak();
        failing = true;
        break;
      case REFRESHED:
      case UNCHANGED:
      case ADOPTED:
      case STORED:
      case LOADED:
      case CLEARED:
        streak = 0;
        failing = false;
        break;
      default:
        break;
    }
    if (gauged) return;
    gauged = true;
    own.add(Gauge.builder("everbearer.valid", this, ClientMeters::valid)
        .description("Whether calls are served a token: 1, or 0")
        .tag("client", client).strongReference(true).register(registry));
    own.add(Gauge.builder("everbearer.token.expiry", this, ClientMeters::secondsToExpiry)
        .description("Until the application's token expires; negative since then")
        .baseUnit("seconds").tag("client", client).strongReference(true).register(registry));
    own.add(Gauge.builder("everbearer.failure.streak", this, meters -> meters.streak)
        .description("Refreshes of the application's token that failed in a row")
        .tag("client", client).strongReference(true).register(registry));
  }

  /** A token whose end nothing tells is served until it is rejected, while refreshing fails. */
  private double valid() {
    Instant end = expiresAt;
    return end != null && (end.isAfter(clock.instant()) || endUnknown && failing) ? 1 : 0;
  }

  private double secondsToExpiry() {
    Instant end = expiresAt;
    return end == null || endUnknown ? Double.NaN : Duration.between(clock.instant(), end).toMillis() / 1000.0;
  }

  void removeFrom(MeterRegistry from) {
    own.forEach(from::remove);
  }
}
