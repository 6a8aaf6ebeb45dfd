package org.everbearer.runner.standin;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link StandInStats} shows. */
final class Counters {
  enum Event {
    REFRESH, ROTATION, REPLAY, REUSE, DEAD_TOKEN, FAMILY_REVOKED, OUTAGE, FAILURE, REPLY_LOST, CLIENT_CREDENTIALS,
    SIGN_IN, CHAT_OK, CHAT_UNAUTHORIZED
  }

  private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);

  Counters() {
    for (Event event : Event.values()) counts.put(event, new LongAdder());
  }

  void count(Event event) {
    count(event, 1);
  }

  void count(Event event, int times) {
    counts.get(event).add(times);
  }

  StandInStats stats() {
    return new StandInStats(of(Event.REFRESH), of(Event.ROTATION), of(Event.REPLAY), of(Event.REUSE),
        of(Event.DEAD_TOKEN), of(Event.FAMILY_REVOKED), of(Event.OUTAGE), of(Event.FAILURE), of(Event.REPLY_LOST),
        of(Event.CLIENT_CREDENTIALS), of(Event.SIGN_IN), of(Event.CHAT_OK), of(Event.CHAT_UNAUTHORIZED));
  }

  private long of(Event event) {
    return counts.get(event).sum();
  }
}
