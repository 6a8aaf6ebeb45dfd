package org.everbearer.observe;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenEvent.Type;

/** How often what has happened, to all identities of a client together. */
final class Counters {
  private final Map<Type, LongAdder> events = new EnumMap<>(Type.class);
  private final ConcurrentMap<String, Refreshes> refreshes = new ConcurrentSkipListMap<>();

  Counters() {
    for (Type type : Type.values()) events.put(type, new LongAdder());
  }

  void count(TokenEvent event) {
    events.get(event.type()).add(event.count());
    boolean ended = event.type() == Type.REFRESHED || event.type() == Type.FAILED;
    if (!ended || event.duration() == null) return;
    String outcome = event.type() == Type.REFRESHED ? "success" : Words.lower(event.failure().reason());
    String trigger = Words.lower(event.trigger() == null ? Trigger.MANUAL : event.trigger());
    Refreshes same = refreshes.computeIfAbsent(outcome + " " + trigger, key -> new Refreshes(outcome, trigger));
    same.nanos.add(event.duration().toNanos());
    same.count.increment();
  }

  long of(Type type) {
    return events.get(type).sum();
  }

  Iterable<Refreshes> refreshes() {
    return refreshes.values();
  }

  /** Refreshes that ended alike; as many kinds as there are reasons and triggers, so bounded. */
  static final class Refreshes {
    final String outcome;
    final String trigger;
    final LongAdder count = new LongAdder();
    final LongAdder nanos = new LongAdder();

    private Refreshes(String outcome, String trigger) {
      this.outcome = outcome;
      this.trigger = trigger;
    }
  }
}
