package org.everbearer.cluster;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What one process has said; see {@link NodeMain}. Written by the thread that reads its output. */
final class NodeLog {
  /** From when until when a process had a token that the API accepts. */
  record Held(NodeLog node, long from, long until, String token) {
    long end() {
      return Math.min(until, node.endedAt);
    }
  }

  /** A caller who got no token. */
  record Failed(NodeLog node, long from, long until, String reason) {
    @Override
    public String toString() {
      return node.name + " " + reason + " after " + (until - from) + " ms at " + until;
    }
  }

  /** A refresh: when its result was served, and how long it was meant to be served until the next one. */
  record Refreshed(long at, long fresh) {
  }

  /** The first presentation of a token, until its result was saved, replays included. */
  record Flight(long from, long until) {
  }

  final String name;
  final List<String> notes;
  /** What was said and done, for whoever wants to know why a run failed. */
  final List<String> timeline;
  final ConcurrentLinkedQueue<Held> held = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Failed> failures = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Refreshed> refreshes = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Flight> flights = new ConcurrentLinkedQueue<>();
  /** Milliseconds since 1970, the end of time while the process lives. */
  volatile long endedAt = Long.MAX_VALUE;
  private volatile boolean up;
  volatile long ok;
  volatile long failed;
  volatile long overdue;
  volatile long longestOverdue;
  volatile int unclear;
  /** When the refresh token was presented whose result is not saved yet; 0 if there is none. */
  volatile long sentAt;

  /** @param notes takes what is neither counted nor measured */
  NodeLog(String name, List<String> notes, List<String> timeline) {
    this.name = name;
    this.timeline = timeline;
    this.notes = notes;
  }

  /** Whether its threads run, with a token or waiting for one. */
  boolean isUp() {
    return up;
  }

  boolean isServing() {
    return ok > 0;
  }

  void add(String line) {
    String[] words = line.split(" ");
    if (!words[0].equals("COUNT") && !words[0].equals("FAILED")) timeline.add(name + " " + line);
    try {
      switch (words[0]) {
        case "COUNT" -> count(words);
        case "HELD" -> held.add(new Held(this, number(words[1]), number(words[2]), words[3]));
        case "FAILED" -> failures.add(new Failed(this, number(words[1]), number(words[2]), words[3]));
        case "REFRESHED" -> refreshes.add(new Refreshed(number(words[1]), number(words[2])));
        case "SENDING" -> {
          if (sentAt == 0) sentAt = number(words[1]);
        }
        case "SAVED" -> saved(number(words[1]));
        case "ANSWERED" -> { }
        case "REFUSED" -> {
          if (words[2].equals("AMBIGUOUS")) unclear++;
          notes.add(name + " " + line);
        }
        default -> notes.add(name + " " + line);
      }
    } catch (RuntimeException halfLine) {
      notes.add(name + " " + line + " (" + halfLine + ")");
    }
  }

  private void count(String[] words) {
    failed = number(words[2]);
    overdue = number(words[3]);
    longestOverdue = number(words[4]);
    ok = number(words[1]);
    up = true;
  }

  private void saved(long at) {
    long from = sentAt;
    sentAt = 0;
    if (from != 0) flights.add(new Flight(from, at));
  }

  private static long number(String word) {
    return Long.parseLong(word);
  }
}
