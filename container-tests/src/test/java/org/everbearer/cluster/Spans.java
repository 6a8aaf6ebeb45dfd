package org.everbearer.cluster;

import java.util.Map;
import java.util.TreeMap;

/** A set of moments, in milliseconds: the union of spans. Not thread-safe. */
final class Spans {
  private final TreeMap<Long, Long> disjoint = new TreeMap<>();

  void add(long from, long until) {
    if (from >= until) return;
    long start = from;
    long end = until;
    Map.Entry<Long, Long> before = disjoint.floorEntry(until);
    while (before != null && before.getValue() >= start) {
      start = Math.min(start, before.getKey());
      end = Math.max(end, before.getValue());
      disjoint.remove(before.getKey());
      before = disjoint.floorEntry(until);
    }
    disjoint.put(start, end);
  }

  boolean covers(long from, long until) {
    Map.Entry<Long, Long> span = disjoint.floorEntry(from);
    return span != null && span.getValue() >= until;
  }

  /** How much of it lies between the two moments. */
  long within(long from, long until) {
    long sum = 0;
    for (Map.Entry<Long, Long> span : disjoint.entrySet()) {
      sum += Math.max(0, Math.min(until, span.getValue()) - Math.max(from, span.getKey()));
    }
    return sum;
  }

  /** What is missing between the two moments. */
  Spans gaps(long from, long until) {
    Spans gaps = new Spans();
    long at = from;
    for (Map.Entry<Long, Long> span : disjoint.entrySet()) {
      gaps.add(at, Math.min(until, span.getKey()));
      at = Math.max(at, span.getValue());
    }
    gaps.add(at, until);
    return gaps;
  }

  void addAll(Spans others) {
    others.disjoint.forEach(this::add);
  }
}
