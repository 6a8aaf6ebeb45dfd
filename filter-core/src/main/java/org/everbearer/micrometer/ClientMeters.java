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
  private final MeterRegistry registry;
  private final String client;
  private final Clock clock;
  private final Map<Type, Counter> counters = new EnumMap<>(Type.class);
  private final Set<Meter> own = ConcurrentHashMap.newKeySet();
  // Written by the event thread, read by whoever scrapes.
  private volatile Instant expiresAt;
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

  void own(Meter meter) {
    own.add(meter);
  }

  /** Takes up what the event says of the application's token. */
  void hold(TokenEvent event) {
    expiresAt = event.expiresIn() == null ? null : event.at().plus(event.expiresIn());
    if (event.type() == Type.FAILED) streak = event.streak();
    boolean ends = event.type() == Type.REFRESHED || event.type() == Type.ADOPTED || event.type() == Type.STORED
        || event.type() == Type.LOADED || event.type() == Type.CLEARED;
    if (ends) streak = 0;
    if (gauged) return;
    gauged = true;
    own.add(Gauge.builder("everbearer.token.expiry", this, ClientMeters::secondsToExpiry)
        .description("Until the application's token expires; negative since then")
        .baseUnit("seconds").tag("client", client).strongReference(true).register(registry));
    own.add(Gauge.builder("everbearer.failure.streak", this, meters -> meters.streak)
        .description("Refreshes of the application's token that failed in a row")
        .tag("client", client).strongReference(true).register(registry));
  }

  private double secondsToExpiry() {
    Instant end = expiresAt;
    return end == null ? Double.NaN : Duration.between(clock.instant(), end).toMillis() / 1000.0;
  }

  void removeFrom(MeterRegistry from) {
    own.forEach(from::remove);
  }
}
