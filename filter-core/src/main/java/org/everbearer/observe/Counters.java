package org.everbearer.observe;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.everbearer.TokenEvent;
import org.everbearer.TokenEvent.Trigger;
import org.everbearer.TokenEvent.Type;

/** How often what has happened, to all identities of a client together. */
final class Counters {
  private static final int MOST_ASKING = 100_000;

  private final Map<Type, LongAdder> events = new EnumMap<>(Type.class);
  private final ConcurrentMap<String, Refreshes> refreshes = new ConcurrentSkipListMap<>();
  /** The identities for which the token endpoint is being asked. */
  private final Set<String> asking = ConcurrentHashMap.newKeySet();

  Counters() {
    for (Type type : Type.values()) events.put(type, new LongAdder());
  }

  /** False for the failure of a refresh that asked nobody, which is none, and is not counted. */
  boolean count(TokenEvent event) {
    boolean asked = asked(event);
    if (event.type() == Type.FAILED && !asked) return false;
    events.get(event.type()).add(event.count());
    String outcome = outcome(event);
    if (outcome == null || event.duration() == null) return true;
    String trigger = Words.lower(event.trigger() == null ? Trigger.MANUAL : event.trigger());
    Refreshes same = refreshes.computeIfAbsent(outcome + " " + trigger, key -> new Refreshes(outcome, trigger));
    same.nanos.add(event.duration().toNanos());
    same.count.increment();
    return true;
  }

  private boolean asked(TokenEvent event) {
    switch (event.type()) {
      case REFRESHING:
      case REPLAYED:
        // Some ends may have been dropped on their way here.
        if (asking.size() >= MOST_ASKING) asking.clear();
        asking.add(event.identity());
        return true;
      case REFRESHED:
      case UNCHANGED:
      case FAILED:
      case ADOPTED:
      case LOADED:
      case STORED:
      case CLEARED:
        return asking.remove(event.identity());
      default:
        return false;
    }
  }

  /** Null for what ends no refresh. */
  private static String outcome(TokenEvent event) {
    switch (event.type()) {
      case REFRESHED:
        return "success";
      case UNCHANGED:
        return "unchanged";
      case FAILED:
        return Words.lower(event.failure().reason());
      default:
        return null;
    }
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
